"""Two who change the same record through the APIs: whoever saw an older version changes nothing."""

from datetime import timedelta
from typing import Any

import pytest

from preau.operations.tour.calendar_days import today

DAY = today() + timedelta(days=200)
SLOTS = f"/api/agent/reservations/activities/{{activity_id}}/slots?from={DAY}&to={DAY}"
RECORDS = {
    "commune": ("identity/commune", "", "contact_phone", ("0100000001", "0100000002")),
    "family": ("identity/families", "family_id", "label", ("Famille un", "Famille deux")),
    "activity": ("reservations/activities", "activity_id", "label", ("Repas un", "Repas deux")),
    "site": ("reservations/sites", "site_id", "label", ("Site un", "Site deux")),
    "régie": ("billing/regies", "regie_id", "label", ("Régie un", "Régie deux")),
}
"""Each record that agents edit: where it is, its id, and a field with the texts of both."""


async def change(office: Any, method: str, path: str, body: dict[str, Any], seen: int) -> Any:
    """Send a change of the version seen."""
    jar = "; ".join(f"{name}={value}" for name, value in office.cookies.items())
    headers = {"x-csrf-token": office.cookies.get("__Host-preau_csrf", ""), "if-match": f'"{seen}"'}
    headers |= {"cookie": jar, "origin": office.origin}
    return await office.client.request(method, path, json=body, headers=headers)


@pytest.mark.parametrize("record", RECORDS)
async def test_the_second_of_two_who_saw_the_same_version_is_refused(office, record):
    at, id_name, field, texts = RECORDS[record]
    found = (await office.open(f"/api/agent/{at}")).json()
    seen = found["items"][0] if id_name else found
    path = f"/api/agent/{at}/{seen[id_name]}" if id_name else f"/api/agent/{at}"
    answers = [await change(office, "PATCH", path, {field: text}, seen["version"]) for text in texts]
    assert [answer.status_code for answer in answers] == [200, 409], [each.text for each in answers]
    assert answers[1].json()["type"].endswith("changed-meanwhile")
    assert answers[1].json()["version"] == answers[0].json()["version"]
    stands = (await office.open(f"/api/agent/{at}")).json()
    assert texts[0] in [each[field] for each in (stands["items"] if id_name else [stands])]
    back = await change(office, "PATCH", path, {field: seen[field]}, answers[0].json()["version"])
    assert back.status_code == 200


async def test_the_places_of_a_day_that_were_seen_are_what_is_changed(office):
    activity = (await office.open("/api/agent/reservations/activities")).json()["items"][0]
    path = f"/api/agent/reservations/activities/{activity['activity_id']}/slots/{DAY}"
    seen = activity["default_capacity"]
    answers = [await change(office, "PUT", path, {"capacity": seen + more}, seen) for more in (1, 2)]
    assert [answer.status_code for answer in answers] == [200, 409], [each.text for each in answers]
    stands = (await office.open(SLOTS.format(activity_id=activity["activity_id"]))).json()["items"]
    assert [each["capacity"] for each in stands] == [seen + 1]


async def test_one_site_and_one_regie_are_asked_for_by_their_id(office):
    for record in ("site", "régie"):
        at, id_name, *_ = RECORDS[record]
        for found in (await office.open(f"/api/agent/{at}")).json()["items"]:
            assert (await office.open(f"/api/agent/{at}/{found[id_name]}")).json() == found
        assert (await office.open(f"/api/agent/{at}/{DAY.year:032x}")).status_code == 404


async def test_a_record_tells_who_changed_it_last_and_when(office):
    families = "/api/agent/identity/families"
    family = (await office.open(families)).json()["items"][-1]
    path, page = f"{families}/{family['family_id']}", f"/agent/familles/{family['family_id']}"
    changed = await change(office, "PATCH", path, {"residency": "non_resident"}, family["version"])
    assert changed.status_code == 200
    await office.open(page)
    assert "Modifié par vous le " in office.text
    me = (await office.open("/api/agent/identity/me")).json()["name"]
    await office.sign_in("accueil@jolieville.example")
    await office.open(page)
    assert f"Modifié par {me} le " in office.text
    log = f"/api/agent/identity/changes?record_id={family['family_id']}"
    assert (await office.open(log)).json()["items"]
    await office.sign_in("admin@beauval.example")
    assert (await office.open(log)).json() == {"items": []}, "another commune's log tells nothing"
