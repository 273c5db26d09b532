"""While an order waits for its places the world goes on: what holds once they are ours decides.

Each was seen to fail with its guard removed (named in the test).
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

import pytest
from sqlalchemy import text

from preau.contracts.reservations import BookingChangedV1, OrderPlacedV1
from preau.testing.database_clock import moved_clock
from preau.testing.lock_waits import lock_waits


@pytest.fixture
async def clock(story) -> AsyncIterator:
    async with moved_clock(story.database) as moved:
        yield moved


@asynccontextmanager
async def another_holds(story, statement: str, **parameters: object) -> AsyncGenerator[Callable]:
    """Another transaction holds what ``statement`` touches; what is asked meanwhile waits for it, in turn."""
    asked: list[asyncio.Task] = []
    async with lock_waits(story.database) as waits:

        async def begin_waiting(answer) -> asyncio.Task:
            asked.append(asyncio.create_task(answer))
            await waits.until(len(asked))
            return asked[-1]

        async with story.database.transaction(story.JOLIEVILLE) as session:
            await session.execute(text(statement), parameters)
            yield begin_waiting


HOLD_SLOT = "SELECT FROM slot WHERE activity_id = :activity AND slot_date = :day FOR UPDATE"
HOLD_BOOKING = "SELECT FROM booking WHERE activity_id = :activity AND service_date = :day FOR UPDATE"
"""No new version of the row, so that those who wait for it come in their turn."""
CHANGE_BOOKING = (
    "UPDATE booking SET status = 'cancel_requested', version = version + 1"
    " WHERE activity_id = :activity AND service_date = :day"
)


async def cut_off(story, activity, day, action: str) -> datetime:
    shown = await story.agent(
        "GET", f"/activities/{activity}/deadline-preview", **{"from": str(day), "to": str(day)}
    )
    return datetime.fromisoformat(shown.json()["items"][0][f"{action}_cut_off"])


def assert_too_late(answer) -> None:
    assert answer.status_code == 409, answer.text
    assert answer.json()["type"].endswith("/deadline-passed")


@pytest.mark.parametrize("count", [1, 2])
async def test_an_order_that_waits_past_the_deadline_takes_nothing(story, clock, count):
    """Guard: the deadlines looked at again in the order's ``_write``, by the clock of the slots' update."""
    day, *more = await story.served_days(story.REPAS, count)
    await story.capacity(story.REPAS, day, 5)
    await story.martin.put_in_basket(day, *more, activity_id=story.REPAS)
    limit = await cut_off(story, story.REPAS, day, "booking")
    async with another_holds(story, HOLD_SLOT, activity=story.REPAS, day=day) as begin_waiting:
        order = await begin_waiting(story.martin.order())
        await clock.move_to(limit)
    assert_too_late(await order)
    assert await story.used(story.REPAS, day) == 0
    assert await story.service.emitted(OrderPlacedV1) == []
    assert len((await story.martin.get("/basket")).json()["lines"]) == count


async def test_an_order_that_waits_and_is_still_in_time_is_placed(story, clock):
    [day] = await story.served_days(story.REPAS, 1)
    await story.capacity(story.REPAS, day, 5)
    await story.martin.put_in_basket(day, activity_id=story.REPAS)
    limit = await cut_off(story, story.REPAS, day, "booking")
    async with another_holds(story, HOLD_SLOT, activity=story.REPAS, day=day) as begin_waiting:
        order = await begin_waiting(story.martin.order())
        await clock.move_to(limit - timedelta(minutes=5))
    assert (await order).status_code == 201


@pytest.mark.parametrize("decision", ["auto", "agent"])
@pytest.mark.parametrize("by", ["order", "at once"])
async def test_a_cancellation_that_waits_past_the_deadline_changes_nothing(story, clock, decision, by):
    """Guards: the deadline looked at again in ``parents.cancel`` and for the cancellations of an order.

    Where an agent decides no place moves: the clock is that of the booking's update.
    """
    [day] = await story.served_days(story.REPAS, 1)
    await story.agent("PATCH", f"/activities/{story.REPAS}", {"cancellation_decision": decision})
    placed = (await story.martin.book(day, activity_id=story.REPAS)).json()
    path = f"/bookings/{placed['bookings'][0]['booking_id']}"
    if by == "order":
        await story.martin.put_in_basket(day, activity_id=story.REPAS, action="cancel")
    limit = await cut_off(story, story.REPAS, day, "cancellation")
    await story.service.forget_emitted()
    held = HOLD_SLOT if decision == "auto" else HOLD_BOOKING
    async with another_holds(story, held, activity=story.REPAS, day=day) as begin_waiting:
        cancelling = await begin_waiting(story.martin.order() if by == "order" else story.martin.delete(path))
        await clock.move_to(limit)
    assert_too_late(await cancelling)
    assert await story.used(story.REPAS, day) == 1
    assert await story.service.emitted(BookingChangedV1) == []
    assert await story.service.emitted(OrderPlacedV1) == []
    await story.check_invariants()


@pytest.mark.parametrize("override", [False, True])
async def test_an_agent_who_waits_past_the_deadline_must_want_to(story, clock, override):
    """Guard: the deadline looked at again in ``agents.book``, unless the agent waived it."""
    [day] = await story.served_days(story.REPAS, 1)
    await story.capacity(story.REPAS, day, 5)
    limit = await cut_off(story, story.REPAS, day, "booking")
    body = {
        "family_id": str(story.martin.family_id),
        "child_id": str(story.martin.children[0]),
        "activity_id": str(story.REPAS),
        "date": day.isoformat(),
        "override_deadline": override,
        "reason": "oubli" if override else "",
    }
    async with another_holds(story, HOLD_SLOT, activity=story.REPAS, day=day) as begin_waiting:
        booking = await begin_waiting(story.agent("POST", "/bookings", body))
        await clock.move_to(limit)
    if override:
        assert (await booking).status_code == 201
    else:
        assert_too_late(await booking)
    assert await story.used(story.REPAS, day) == int(override)


async def test_of_several_days_one_that_fills_up_meanwhile_takes_none(story):
    """Guard: ``used + n <= capacity`` in the update of several slots; the table's check alone is a 500."""
    days = await story.served_days(story.REPAS, 3)
    for day in days:
        await story.capacity(story.REPAS, day, 1)
    await story.martin.put_in_basket(*days, activity_id=story.REPAS)
    await story.durand.put_in_basket(days[1], activity_id=story.REPAS)
    # Both see a place on each day. The one who waits first gets it.
    async with another_holds(story, HOLD_SLOT, activity=story.REPAS, day=days[1]) as begin_waiting:
        first = await begin_waiting(story.durand.order())
        second = await begin_waiting(story.martin.order())
    assert (await first).status_code == 201
    refused = await second
    assert refused.status_code == 409, refused.text
    assert refused.json()["type"].endswith("/slot-full")
    assert [line["date"] for line in refused.json()["lines"]] == [days[1].isoformat()]
    assert [await story.used(story.REPAS, day) for day in days] == [0, 1, 0]
    await story.check_invariants()


async def test_a_line_added_while_an_order_waits_stays_in_the_basket(story):
    """Guard: an order takes the lines that it has seen out as it is opened, not all there are at its end."""
    day, later = await story.served_days(story.REPAS, 2)
    await story.capacity(story.REPAS, day, 5)
    await story.martin.put_in_basket(day, activity_id=story.REPAS)
    async with another_holds(story, HOLD_SLOT, activity=story.REPAS, day=day) as begin_waiting:
        order = await begin_waiting(story.martin.order())
        assert (await story.martin.put_in_basket(later, activity_id=story.REPAS)).status_code == 200
    assert [booking["date"] for booking in (await order).json()["bookings"]] == [day.isoformat()]
    basket = (await story.martin.get("/basket")).json()
    assert [line["date"] for line in basket["lines"]] == [later.isoformat()]


async def test_a_booking_that_changes_while_its_cancellation_waits_refuses_the_order(story):
    """Guard: as many bookings moved as the basket cancels, in the order's ``_write``."""
    day, new = await story.served_days(story.REPAS, 2)
    await story.martin.book(day, activity_id=story.REPAS)
    await story.martin.put_in_basket(day, activity_id=story.REPAS, action="cancel")
    await story.martin.put_in_basket(new, activity_id=story.REPAS)
    await story.service.forget_emitted()
    async with another_holds(story, CHANGE_BOOKING, activity=story.REPAS, day=day) as begin_waiting:
        order = await begin_waiting(story.martin.order())
    refused = await order
    assert refused.status_code == 409, refused.text
    assert refused.json()["type"].endswith("/booking-changed")
    assert [await story.used(story.REPAS, one) for one in (day, new)] == [1, 0]
    assert len((await story.martin.get("/basket")).json()["lines"]) == 2
    assert await story.service.emitted(OrderPlacedV1) == []


async def test_of_two_cancellations_that_wait_for_one_booking_one_has_an_effect(story):
    """Guard: ``m.was = held.status`` in the statement that moves bookings."""
    [day] = await story.served_days(story.REPAS, 1)
    placed = (await story.martin.book(day, activity_id=story.REPAS)).json()
    await story.durand.book(day, activity_id=story.REPAS)
    await story.service.forget_emitted()
    path = f"/bookings/{placed['bookings'][0]['booking_id']}"
    async with another_holds(story, HOLD_BOOKING, activity=story.REPAS, day=day) as begin_waiting:
        waiting = [await begin_waiting(story.martin.delete(path)) for _ in range(2)]
    first, second = [await one for one in waiting]
    assert (first.status_code, second.status_code) == (200, 409), second.text
    assert second.json()["type"].endswith("/booking-changed")
    assert await story.used(story.REPAS, day) == 1
    assert len(await story.service.emitted(BookingChangedV1)) == 1
    await story.check_invariants()
