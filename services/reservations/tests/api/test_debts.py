"""Where the commune wants it, who owes for too long books no more: calendar, basket and order say why."""

from typing import Any

import pytest

from preau.contracts.billing import FamilyDebtChangedV1


@pytest.fixture
async def day(story) -> Any:
    [found] = await story.served_days(story.REPAS, 1)
    return found


async def owe(story, cents: int, version: int = 1) -> None:
    await story.service.deliver(
        FamilyDebtChangedV1(
            commune_id=story.martin.commune_id,
            aggregate_id=story.martin.family_id,
            aggregate_version=version,
            owed_cents=cents,
        )
    )


async def cell(story, day) -> dict[str, Any]:
    span = {"from": day.isoformat(), "to": day.isoformat()}
    shown = await story.martin.get(
        "/calendar", site_id=story.CANTINE, child_id=story.martin.children[0], **span
    )
    rows = shown.json()["activities"]
    return next(row["days"][0] for row in rows if row["activity_id"] == str(story.REPAS))


async def test_the_calendar_the_basket_and_the_order_say_why(story, day):
    """Guard: the rule `no_debt`, at each of the three looks."""
    assert (await story.martin.put_in_basket(day, activity_id=story.REPAS)).status_code == 200
    await owe(story, 12_000)
    assert (await story.martin.get("/ahead")).json()["debt_cents"] == 12_000
    ordered = await story.martin.order()
    assert (ordered.status_code, ordered.json()["rule"]) == (409, "debt")
    assert "120,00" in ordered.json()["reason"] and "Mes factures" in ordered.json()["reason"]
    basket = (await story.martin.get("/basket")).json()
    assert basket["lines"][0]["problem"]["rule"] == "debt"
    await story.martin.delete("/basket")
    shown = await cell(story, day)
    assert (shown["can_book"], shown["refusal"]["rule"]) == (False, "debt")
    refused = await story.martin.put_in_basket(day, activity_id=story.REPAS)
    assert (refused.status_code, refused.json()["rule"]) == (409, "debt")
    assert await story.used(story.REPAS, day) == 0
    await owe(story, 0, version=2)
    assert (await story.martin.get("/ahead")).json()["debt_cents"] == 0
    assert (await story.martin.book(day, activity_id=story.REPAS)).status_code == 201


async def test_what_is_booked_stays_and_is_cancelled_all_the_same(story, day):
    assert (await story.martin.book(day, activity_id=story.REPAS)).status_code == 201
    await owe(story, 12_000)
    assert await story.used(story.REPAS, day) == 1
    assert (await cell(story, day))["can_cancel"] is True
    put = await story.martin.put_in_basket(day, activity_id=story.REPAS, action="cancel")
    assert put.status_code == 200
    assert (await story.martin.order()).status_code == 201
    assert await story.used(story.REPAS, day) == 0


async def test_an_agent_books_all_the_same(story, day):
    """Guard: what holds for parents alone is waived."""
    await owe(story, 12_000)
    body = {
        "family_id": str(story.martin.family_id),
        "child_id": str(story.martin.children[0]),
        "activity_id": str(story.REPAS),
        "date": day.isoformat(),
    }
    made = await story.agent("POST", "/bookings", body)
    assert made.status_code == 201, made.text


async def test_another_family_is_not_concerned_nor_is_older_news_believed(story, day):
    await owe(story, 0, version=5)
    await owe(story, 12_000, version=4)
    assert (await cell(story, day))["can_book"] is True
