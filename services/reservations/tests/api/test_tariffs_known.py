"""Without a tariff nothing that is paid at once can be booked: calendar, basket and order say why."""

from datetime import timedelta

import pytest

WHY = "Le tarif de cette activité n’est pas encore fixé."


@pytest.fixture
async def untariffed(story):
    """The story, with a prepaid activity that has no tariff; a day on which it is served."""
    await story.run("DELETE FROM tariff_copy")
    [day] = await story.served_days(story.MERCREDI, 1)
    return day


async def cell(story, day):
    span = {"from": day.isoformat(), "to": day.isoformat()}
    shown = await story.martin.get(
        "/calendar", site_id=story.TILLEULS, child_id=story.martin.children[0], **span
    )
    [row] = shown.json()["activities"]
    return row["days"][0]


async def test_the_calendar_and_the_basket_say_why(story, untariffed):
    shown = await cell(story, untariffed)
    assert (shown["can_book"], shown["refusal"]["rule"], shown["refusal"]["reason"]) == (
        False,
        "no-tariff",
        WHY,
    )
    refused = await story.martin.put_in_basket(untariffed, activity_id=story.MERCREDI)
    assert (refused.status_code, refused.json()["reason"]) == (409, WHY)
    await story.service.deliver(story.tariff(story.MERCREDI, untariffed))
    assert (await cell(story, untariffed))["can_book"] is True
    assert (await story.martin.book(untariffed, activity_id=story.MERCREDI)).status_code == 201


async def test_the_order_is_refused_when_the_day_has_no_tariff_any_more(story):
    """The offer that the order is decided on is that of its commit: the copy counts as a change of it."""
    [day] = await story.served_days(story.MERCREDI, 1)
    assert (await story.martin.put_in_basket(day, activity_id=story.MERCREDI)).status_code == 200
    await story.service.deliver(story.tariff(story.MERCREDI, day + timedelta(days=1), version=2))
    basket = (await story.martin.get("/basket")).json()
    assert basket["lines"][0]["problem"]["reason"] == WHY
    ordered = await story.martin.order()
    assert (ordered.status_code, ordered.json()["reason"]) == (409, WHY)
    assert await story.used(story.MERCREDI, day) == 0


async def test_an_older_statement_replaces_no_newer_one(story):
    [day] = await story.served_days(story.MERCREDI, 1)
    await story.service.deliver(story.tariff(story.MERCREDI, day + timedelta(days=1), version=3))
    await story.service.deliver(story.tariff(story.MERCREDI, day, version=2))
    assert (await cell(story, day))["refusal"]["rule"] == "no-tariff"


async def test_agents_see_since_when_an_activity_has_a_tariff(story, untariffed):
    path = f"/activities/{story.MERCREDI}"
    assert (await story.agent("GET", path)).json()["tariffed_from"] is None
    await story.service.deliver(story.tariff(story.MERCREDI))
    assert (await story.agent("GET", path)).json()["tariffed_from"] == "2025-09-01"
    assert (await story.agent("PATCH", path, {"label": "Mercredi"})).json()["tariffed_from"] == "2025-09-01"
    listed = (await story.agent("GET", "/activities")).json()["items"]
    known = {one["activity_id"]: one["tariffed_from"] for one in listed}
    assert known[str(story.MERCREDI)] == "2025-09-01"
    assert known[str(story.REPAS)] is None


async def test_what_is_billed_with_the_month_needs_none_yet(story):
    [day] = await story.served_days(story.REPAS, 1)
    assert (await story.martin.book(day, activity_id=story.REPAS)).status_code == 201
