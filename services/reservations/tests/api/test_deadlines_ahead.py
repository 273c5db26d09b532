"""The family hears of the deadlines of the coming week for what it usually books."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo


async def test_a_family_that_booked_nothing_hears_nothing(story):
    assert (await story.martin.get("/deadlines")).json() == {"items": []}


async def test_the_usual_days_that_are_not_booked_are_told_by_deadline(story):
    booked, held, free = await story.served_days(story.REPAS, 3, after=3)
    await story.martin.book(booked, activity_id=story.REPAS)
    await story.martin.put_in_basket(held, activity_id=story.REPAS)
    answer = (await story.martin.get("/deadlines")).json()["items"]
    told = [day["date"] for deadline in answer for day in deadline["days"]]
    limit = datetime.combine(free - timedelta(days=2), time(12), ZoneInfo("Europe/Paris"))
    is_near = limit <= datetime.now(UTC) + timedelta(days=7)  # not in the school's holidays
    assert (free.isoformat() in told) == is_near
    assert booked.isoformat() not in told and held.isoformat() not in told
    children = {day["child_id"] for deadline in answer for day in deadline["days"]}
    assert children <= {str(story.martin.children[0])}
    limits = [datetime.fromisoformat(deadline["cut_off"]) for deadline in answer]
    assert limits == sorted(limits)
