"""What agents do with families: every change is told, recorded, and found again."""

import asyncio
from base64 import b64decode, b64encode
from io import BytesIO
from uuid import UUID

import pytest
from PIL import Image
from sqlalchemy import text

from preau.common.ids import new_id
from preau.contracts.identity import CommuneUpdatedV1, FamilyUpdatedV1
from preau.identity.demo import seed
from preau.identity.demo.people import JOLIEVILLE, fixed_id

MARTIN = fixed_id(1, 1)


async def events_of(identity, family_id: str) -> list[FamilyUpdatedV1]:
    events = await identity.service.emitted(FamilyUpdatedV1)
    return [event for event in events if event.aggregate_id == UUID(family_id)]


async def test_every_change_is_told_whole_and_in_order(identity):
    family = await identity.family()
    path, headers = f"/agent/families/{family['family_id']}", await identity.agent()
    child, guardian = family["children"][0]["child_id"], family["guardians"][0]["guardian_id"]
    steps = [
        ("PATCH", path, {"residency": "non_resident", "address": {"city": "Ailleurs"}}),
        ("PATCH", f"{path}/children/{child}", {"diet": "Végétarien", "class_name": "CM1"}),
        ("POST", f"{path}/children", {"first_name": "Ana", "last_name": "E", "birth_date": "2023-01-02"}),
        ("POST", f"{path}/guardians", {"first_name": "Bob", "last_name": "E", "is_payer": True}),
        ("PATCH", f"{path}/guardians/{guardian}", {"phone": "0611223344"}),
        ("POST", f"{path}/quotients", {"value": 700, "effective_from": "2026-09-01"}),
        ("POST", f"{path}/quotients", {"value": 690, "effective_from": "2026-09-01"}),
    ]
    for method, where, body in steps:
        answer = await identity.client.request(method, where, json=body, headers=headers)
        assert answer.status_code in (200, 201), answer.text
    last = answer.json()
    assert [q["value"] for q in last["quotients"]] == [612, 690]
    assert last["quotients"][0]["effective_to"] == "2026-09-01"
    assert [(g["first_name"], g["is_payer"]) for g in last["guardians"]] == [("Alice", False), ("Bob", True)]
    assert last["children"][0]["diet"] == "Végétarien" and last["address"]["city"] == "Ailleurs"

    events = await events_of(identity, family["family_id"])
    assert [event.aggregate_version for event in events] == list(range(1, len(steps) + 2))
    assert len(events[-1].children) == 3 and events[-1].residency == "non_resident"

    async with identity.database.transaction(JOLIEVILLE) as session:
        rows = await session.execute(
            text("SELECT action, before, after FROM audit_log WHERE entity_id = :id ORDER BY recorded_at"),
            {"id": UUID(family["family_id"])},
        )
        recorded = rows.all()
    assert [row.action for row in recorded][:3] == ["family.registered", "family.changed", "child.changed"]
    assert (recorded[1].before["residency"], recorded[1].after["residency"]) == ("resident", "non_resident")


async def test_a_family_chooses_how_it_gets_its_invoices(identity):
    """On paper as long as nobody has an account; then as the family says, and as an agent says after it."""
    email = f"parent-{new_id().hex}@jolieville.example"
    family = await identity.family(email)
    path, agent = f"/agent/families/{family['family_id']}", await identity.agent()
    assert (family["delivery"], family["delivered_by"]) == ("mail", "paper")
    assert (await events_of(identity, family["family_id"]))[-1].delivery == "paper"
    martin = f"/parent/families/{MARTIN}"
    parent = await identity.headers("parent@jolieville.example")
    for delivery in ("paper", "paper", "mail"):
        answer = await identity.client.put(f"{martin}/delivery", json={"delivery": delivery}, headers=parent)
        assert (answer.json()["delivery"], answer.json()["delivered_by"]) == (delivery, delivery)
        assert (await events_of(identity, str(MARTIN)))[-1].delivery == delivery
    async with identity.database.transaction(JOLIEVILLE) as session:
        rows = await session.execute(
            text("SELECT before ->> 'delivery', after ->> 'delivery' FROM audit_log WHERE action = :action"),
            {"action": "family.delivery_chosen"},
        )
        assert [tuple(row) for row in rows] == [("mail", "paper"), ("paper", "mail")]
    changed = await identity.client.patch(path, json={"delivery": "paper"}, headers=agent)
    assert changed.json()["delivery"] == "paper"
    for wrong in ({"delivery": "pigeon"}, {"delivery": None}, {}):
        answer = await identity.client.put(f"{martin}/delivery", json=wrong, headers=parent)
        assert answer.status_code == 422
    stranger = f"/parent/families/{family['family_id']}/delivery"
    answer = await identity.client.put(stranger, json={"delivery": "paper"}, headers=parent)
    assert answer.status_code == 404


async def test_changes_at_once_lose_nothing(identity):
    family = await identity.family()
    path, headers = f"/agent/families/{family['family_id']}", await identity.agent()
    bodies = [{"first_name": f"N{n}", "last_name": "E", "birth_date": "2020-01-02"} for n in range(8)]
    answers = await asyncio.gather(
        *(identity.client.post(f"{path}/children", json=body, headers=headers) for body in bodies)
    )
    assert {answer.status_code for answer in answers} == {201}
    events = await events_of(identity, family["family_id"])
    assert [event.aggregate_version for event in events] == list(range(1, 10))
    assert [len(event.children) for event in events] == list(range(2, 11))


async def test_families_are_found_by_any_of_their_words_page_by_page(identity):
    name = f"Ölçer{new_id().hex[-6:]}"
    for label in ("Cé", "Bé", "Aé"):
        await identity.family(
            label=f"{label} {name}",
            children=[{"first_name": "Éloïse", "last_name": "X", "birth_date": "2019-01-01"}],
        )
    headers, found, cursor = await identity.agent(), [], None
    while True:
        parameters = {"q": f"eloise {name.upper()}", "limit": 2, **({"cursor": cursor} if cursor else {})}
        page = (await identity.client.get("/agent/families", params=parameters, headers=headers)).json()
        found += [item["label"].split()[0] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert found == ["Aé", "Bé", "Cé"]
    for odd in ("%", "_", "\\"):
        answer = await identity.client.get("/agent/families", params={"q": odd + name}, headers=headers)
        assert answer.json()["items"] == []
    for forged in ("x", "WzEsMl0", "W10"):
        answer = await identity.client.get("/agent/families", params={"cursor": forged}, headers=headers)
        assert answer.status_code == 422


@pytest.mark.parametrize("typed", ["d'Angelo", "D’ANGELO", "d angelo", "goff-martin", "Goff Martin"])
async def test_apostrophes_and_hyphens_do_not_count(identity, typed):
    name = f"n{new_id().hex[-6:]}"
    await identity.family(label=f"D’Angelo Goff-Martin {name}")
    parameters, headers = {"q": f"{typed} {name}"}, await identity.agent()
    page = (await identity.client.get("/agent/families", params=parameters, headers=headers)).json()
    assert len(page["items"]) == 1, typed


async def test_what_cannot_be_is_refused_field_by_field(identity):
    guardian = {"first_name": "A", "last_name": "B"}
    bodies = {
        "guardians": {"label": "x", "guardians": []},
        "guardians.0.email": {"label": "x", "guardians": [{**guardian, "email": "x"}]},
        "children.0.birth_date": {
            "label": "x",
            "guardians": [guardian],
            "children": [{"first_name": "x", "last_name": "y", "birth_date": "1918-01-01"}],
        },
        "quotients.0.value": {
            "label": "x",
            "guardians": [guardian],
            "quotients": [{"value": -1, "effective_from": "2026-01-01"}],
        },
        "quotients": {
            "label": "x",
            "guardians": [guardian],
            "quotients": [{"value": value, "effective_from": "2026-01-01"} for value in (1, 2)],
        },
        "family_id": {"label": "x", "guardians": [guardian], "family_id": str(new_id())},
        "commune_id": {"label": "x", "guardians": [guardian], "commune_id": str(new_id())},
    }
    headers = await identity.agent()
    for field, body in bodies.items():
        answer = await identity.client.post("/agent/families", json=body, headers=headers)
        assert answer.status_code == 422, field
        assert field in {error["field"] for error in answer.json()["errors"]}
    two_payers = {"label": "x", "guardians": [{**guardian, "is_payer": True}] * 2}
    answer = await identity.client.post("/agent/families", json=two_payers, headers=headers)
    assert answer.json()["errors"][0]["field"] == "guardians"


async def test_a_logo_is_told_shown_and_taken_away(identity):
    out = BytesIO()
    Image.new("RGBA", (960, 120), (10, 90, 60, 128)).save(out, format="PNG")
    image = b64encode(out.getvalue()).decode()
    url, admin = "/agent/commune/logo", await identity.agent("admin@jolieville.example")
    assert (await identity.client.get(url, headers=admin)).status_code == 404
    before = (await identity.client.get("/agent/commune", headers=admin)).json()
    assert before["has_logo"] is False
    answer = await identity.client.put(url, json={"image": image}, headers=admin)
    assert (answer.json()["has_logo"], answer.json()["version"]) == (True, before["version"] + 1)
    again = await identity.client.put(url, json={"image": image}, headers=admin)
    assert again.json()["version"] == before["version"] + 1, "the same logo changes nothing"
    shown = await identity.client.get(url, headers=admin)
    assert shown.headers["content-type"] == "image/png"
    assert Image.open(BytesIO(shown.content)).size == (480, 60)
    told = [event for event in await identity.service.emitted(CommuneUpdatedV1) if event.logo]
    assert b64decode(told[-1].logo) == shown.content
    for wrong in ("", "!", b64encode(b"%PDF-1.7").decode()):
        refused = await identity.client.put(url, json={"image": wrong}, headers=admin)
        assert refused.status_code == 422, wrong
    assert (
        await identity.client.put(url, json={"image": image}, headers=await identity.agent())
    ).status_code == 403
    gone = await identity.client.delete(url, headers=admin)
    assert gone.json()["has_logo"] is False
    assert (await identity.service.emitted(CommuneUpdatedV1))[-1].logo == ""


async def test_a_changed_commune_is_told(identity):
    headers = await identity.agent("admin@beauval.example")
    changed = await identity.client.patch(
        "/agent/commune", json={"name": "Beauval", "time_zone": "Indian/Reunion"}, headers=headers
    )
    assert (changed.json()["name"], changed.json()["version"]) == ("Beauval", 2)
    event = (await identity.service.emitted(CommuneUpdatedV1))[-1]
    assert (event.name, event.time_zone, event.aggregate_version) == ("Beauval", "Indian/Reunion", 2)
    odd = await identity.client.patch("/agent/commune", json={"time_zone": "Mars/Olympus"}, headers=headers)
    assert odd.status_code == 422
    me = (await identity.client.get("/agent/me", headers=headers)).json()
    assert (me["roles"], me["commune"]["name"]) == (["admin"], "Beauval")


async def test_the_demonstration_can_be_seeded_again(identity):
    async def counts() -> list[int]:
        async with identity.database.system_transaction() as session:
            return [
                (await session.execute(text(f"SELECT count(*) FROM {table}"))).scalar_one()  # noqa: S608
                for table in (
                    "commune",
                    "agent",
                    "family",
                    "guardian",
                    "child",
                    "account",
                    "membership",
                    "outbox",
                )
            ]

    before = await counts()
    await seed(identity.database)
    assert await counts() == before
    assert before[2] >= 14


def registration(**changes):
    """A family that nobody has: one guardian, one child."""
    name = f"Seul{new_id().hex[-8:]}"
    return {
        "label": f"Famille {name}",
        "guardians": [{"first_name": "Ada", "last_name": name}],
        "children": [{"first_name": "Zoé-Lou", "last_name": name, "birth_date": "2019-04-05"}],
        **changes,
    }


async def test_a_family_sent_twice_is_registered_once(identity):
    """Seen to fail without the lock: of eight at once several are registered."""
    headers, body = await identity.agent(), registration()
    answers = await asyncio.gather(
        *(identity.client.post("/agent/families", json=body, headers=headers) for _ in range(8))
    )
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 7
    made = next(answer.json() for answer in answers if answer.status_code == 201)
    refused = next(answer.json() for answer in answers if answer.status_code == 409)
    assert refused["type"].endswith("/family-registered")
    assert (refused["family_id"], refused["family_label"]) == (made["family_id"], body["label"])


async def test_a_family_is_registered_with_how_it_gets_its_invoices(identity):
    headers = await identity.agent()
    for asked, delivery in ((registration(), "mail"), (registration() | {"delivery": "paper"}, "paper")):
        made = await identity.client.post("/agent/families", json=asked, headers=headers)
        assert made.status_code == 201, made.text
        assert made.json()["delivery"] == delivery
    wrong = await identity.client.post(
        "/agent/families", json=registration() | {"delivery": "fax"}, headers=headers
    )
    assert wrong.status_code == 422


async def test_a_child_or_a_guardian_of_a_family_is_recognised_and_may_have_another_home(identity):
    headers, body = await identity.agent(), registration()
    child, guardian = body["children"][0], body["guardians"][0]
    plain_child = {**child, "first_name": "zoe lou", "last_name": child["last_name"].upper()}
    childless = {**body, "children": []}
    other_guardian = [{"first_name": "Bo", "last_name": "Autre"}]
    assert (await identity.client.post("/agent/families", json=body, headers=headers)).status_code == 201
    for same in (
        registration(guardians=other_guardian, children=[plain_child]),
        childless,
    ):
        answer = await identity.client.post("/agent/families", json=same, headers=headers)
        assert answer.status_code == 409, answer.text
        meant = {**same, "known_family": True}
        answer = await identity.client.post("/agent/families", json=meant, headers=headers)
        assert answer.status_code == 201, answer.text
    for other in (
        registration(children=[{**child, "birth_date": "2020-04-05"}]),
        registration(guardians=[guardian]),
        {**childless, "guardians": other_guardian},
    ):
        answer = await identity.client.post("/agent/families", json=other, headers=headers)
        assert answer.status_code == 201, answer.text


async def test_nobody_is_twice_in_a_family_and_no_child_is_born_in_the_future(identity):
    headers, body = await identity.agent(), registration()
    child, guardian = body["children"][0], body["guardians"][0]
    unborn = {"first_name": "Io", "last_name": "X", "birth_date": "2099-01-01"}
    for field, twice in {
        "children.1.first_name": {**body, "children": [child, child]},
        "guardians.1.first_name": {**body, "guardians": [guardian, guardian]},
        "children.1.birth_date": {**body, "children": [child, unborn]},
    }.items():
        answer = await identity.client.post("/agent/families", json=twice, headers=headers)
        assert [error["field"] for error in answer.json()["errors"]] == [field]
    made = (await identity.client.post("/agent/families", json=body, headers=headers)).json()
    path = f"/agent/families/{made['family_id']}"
    for method, where, sent, field in (
        ("POST", "/children", child, "first_name"),
        ("POST", "/guardians", guardian, "first_name"),
        ("POST", "/children", unborn, "birth_date"),
        ("PATCH", f"/children/{made['children'][0]['child_id']}", {"birth_date": "2099-01-01"}, "birth_date"),
    ):
        answer = await identity.client.request(method, path + where, json=sent, headers=headers)
        assert answer.status_code == 422, answer.text
        assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert (await identity.client.get(path, headers=headers)).json()["version"] == 1


async def test_nobody_gets_the_name_of_another_in_the_family_and_everybody_keeps_their_own(identity):
    headers, body = await identity.agent(), registration()
    child, guardian = body["children"][0], body["guardians"][0]
    body["children"] = [child, child | {"first_name": "Io"}]
    body["guardians"] = [guardian, guardian | {"first_name": "Bo"}]
    made = (await identity.client.post("/agent/families", json=body, headers=headers)).json()
    path = f"/agent/families/{made['family_id']}"
    io = next(each["child_id"] for each in made["children"] if each["first_name"] == "Io")
    bo = next(each["guardian_id"] for each in made["guardians"] if each["first_name"] == "Bo")
    for where, taken, own in (
        (f"{path}/children/{io}", "Zoé Lou", "IO"),
        (f"{path}/guardians/{bo}", "ADA", "BO"),
    ):
        refused = await identity.client.patch(where, json={"first_name": taken}, headers=headers)
        assert refused.status_code == 422, refused.text
        assert [error["field"] for error in refused.json()["errors"]] == ["first_name"]
        answer = await identity.client.patch(where, json={"first_name": own}, headers=headers)
        assert answer.status_code == 200, answer.text
