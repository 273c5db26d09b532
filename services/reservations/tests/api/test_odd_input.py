"""Odd input is a 422 that says so, never an error of ours."""

import pytest

from preau.common.ids import new_id


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/sites", {"label": "Pis\x00cine"}),
        ("/sites", {"label": ""}),
        ("/sites", {"label": "P" * 121}),
        ("/sites", {"label": "Piscine", "commune_id": str(new_id())}),
        ("/closures", {"from": "0001-01-01", "to": "0001-01-01", "label": "X"}),
        ("/closures", {"from": "2026-12-02", "to": "2026-12-01", "label": "X"}),
        ("/attendance", {"marks": []}),
    ],
)
async def test_agents_forms(story, path, body):
    answer = await story.agent("POST", path, body, headers=story.service.agent(story.JOLIEVILLE))
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"]


@pytest.mark.parametrize("label", ["\\", "100 %", "a_b", r"\%", "'"])
async def test_a_site_may_be_called_anything_once(story, label):
    admin = story.service.agent(story.JOLIEVILLE)
    statuses = [
        (await story.agent("POST", "/sites", {"label": label}, headers=admin)).status_code for _ in range(2)
    ]
    assert statuses == [201, 422]
    assert (await story.agent("POST", "/sites", {"label": "100 F"}, headers=admin)).status_code == 201


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01", "2026-02-30", "demain"])
async def test_days_that_no_calendar_has(story, day):
    child = story.martin.children[0]
    span = {"from": day, "to": day}
    line = {"child_id": str(child), "activity_id": str(story.REPAS), "date": day}
    answers = [
        await story.martin.get("/calendar", site_id=story.CANTINE, child_id=child, **span),
        await story.martin.get("/bookings", **span),
        await story.martin.post("/basket/lines", {"lines": [line]}),
        await story.agent("PUT", f"/activities/{story.REPAS}/slots/{day}", {"capacity": 1}),
        await story.agent("GET", f"/activities/{story.REPAS}/slots", **span),
        await story.agent("GET", f"/activities/{story.REPAS}/deadline-preview", **span),
        await story.agent("GET", "/attendance", site_id=story.CANTINE, date=day),
        await story.agent("GET", "/closures", **{"from": day}),
    ]
    assert [answer.status_code for answer in answers] == [422] * len(answers)


@pytest.mark.parametrize("cursor", ["x", "WyJ4Il0", "e30", "é"])
async def test_forged_cursors(story, cursor):
    answer = await story.agent("GET", "/bookings", cursor=cursor)
    assert answer.status_code == 422


async def test_a_line_twice_in_one_request_is_one_line(story):
    days = await story.served_days(story.REPAS, 1)
    answer = await story.martin.put_in_basket(*days, *days, activity_id=story.REPAS)
    assert len(answer.json()["basket"]["lines"]) == 1


async def test_children_and_activities_named_twice_count_once(story):
    [day] = await story.served_days(story.REPAS, 1)
    child = str(story.martin.children[0])
    body = {
        "site_id": str(story.CANTINE),
        "child_ids": [child, child],
        "activity_ids": [str(story.REPAS)] * 2,
        "from": day.isoformat(),
        "to": day.isoformat(),
        "weekdays": [day.weekday()],
    }
    answer = await story.martin.post("/period", body)
    assert len(answer.json()["basket"]["lines"]) == 1
