"""What an order comes to is decided by a pure function, over what one look has read."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from preau.reservations.basket.domain import Line
from preau.reservations.bookings.domain import Booking, Wish
from preau.reservations.bookings.refusals import DeadlinePassed, RefusedByRule, SlotFull
from preau.reservations.calendars.domain import CommuneCalendar
from preau.reservations.catalogue.domain import Activity
from preau.reservations.copies.domain import ChildRecord, CommuneRecord
from preau.reservations.deadlines.domain import SameDay
from preau.reservations.orders.domain import MOST_UNPAID_ORDERS, Checkout, TooManyUnpaidOrders, decide
from preau.reservations.rules.context import BookingContext
from preau.reservations.slots.domain import Places

COMMUNE, FAMILY, CHILD, BROTHER, ORDER = (uuid4() for _ in range(5))
MONDAY, TUESDAY = date(2026, 11, 30), date(2026, 12, 1)
MEAL = Activity(
    activity_id=uuid4(),
    commune_id=COMMUNE,
    site_id=uuid4(),
    site_label="Cantine",
    label="Repas",
    regie_id=uuid4(),
    default_capacity=10,
    booking_deadline=SameDay(at="10:00"),
    cancellation_deadline=SameDay(at="10:00"),
)
OUTING = replace(
    MEAL, activity_id=uuid4(), payment_mode="prepaid", hold_seconds=600, tariffed_from=date(2025, 9, 1)
)
TRIP = replace(OUTING, activity_id=uuid4(), hold_seconds=300)
NOW = datetime(2026, 11, 26, 9, tzinfo=UTC)
SLOT = uuid4()


def booked(status, day=MONDAY, activity=MEAL):
    return Booking(
        booking_id=uuid4(),
        commune_id=COMMUNE,
        family_id=FAMILY,
        child_id=CHILD,
        activity_id=activity.activity_id,
        service_date=day,
        status=status,
        version=1,
        payment_mode=activity.payment_mode,
        slot_id=SLOT,
        activity_label=activity.label,
    )


def checkout(*wishes, bookings=(), places=None, now=NOW, unpaid_orders=0, activities=(MEAL, OUTING, TRIP)):
    return Checkout(
        commune_id=COMMUNE,
        family_id=FAMILY,
        lines=tuple(Line(uuid4(), wish) for wish in wishes),
        context=BookingContext(
            now=now,
            commune=CommuneRecord(COMMUNE, "Jolieville"),
            calendar=CommuneCalendar(ZoneInfo("Europe/Paris")),
            family_is_active=True,
            children={
                child_id: ChildRecord(child_id, FAMILY, "Zoé", "Martin", date(2018, 3, 1))
                for child_id in (CHILD, BROTHER)
            },
            activities={activity.activity_id: activity for activity in activities},
            bookings={booking.key: booking for booking in bookings},
            places=places or {},
        ),
        unpaid_orders=unpaid_orders,
    )


def book(day=MONDAY, activity=MEAL, child=CHILD):
    return Wish(child, activity.activity_id, day, "book")


def cancel(day=MONDAY, activity=MEAL):
    return Wish(CHILD, activity.activity_id, day, "cancel")


def test_each_line_becomes_a_booking_in_the_slot_that_was_seen():
    seen = checkout(book(MONDAY), book(TUESDAY), places={(MEAL.activity_id, MONDAY): Places(10, 3, SLOT)})
    placement = decide(seen, ORDER)
    assert (placement.order.status, placement.order.held_until, placement.placed_at) == (
        "confirmed",
        None,
        NOW,
    )
    assert [(draft.day, draft.status, draft.slot_id) for draft in placement.drafts] == [
        (MONDAY, "confirmed", SLOT),
        (TUESDAY, "confirmed", None),
    ]
    assert {draft.order_id for draft in placement.drafts} == {ORDER}
    assert placement.moves == []


def test_a_prepaid_line_holds_the_order_as_long_as_the_shortest_hold():
    placement = decide(checkout(book(), book(TUESDAY, OUTING), book(TUESDAY, TRIP)), ORDER)
    assert placement.order.status == "awaiting_payment"
    assert placement.order.held_until == NOW + timedelta(seconds=300)
    assert [draft.status for draft in placement.drafts] == [
        "confirmed",
        "awaiting_payment",
        "awaiting_payment",
    ]


def test_a_cancellation_moves_the_booking_as_it_was_looked_at():
    bookings = [booked("confirmed", MONDAY), replace(booked("confirmed", TUESDAY), version=4)]
    placement = decide(checkout(cancel(MONDAY), cancel(TUESDAY), bookings=bookings), ORDER)
    assert [(move.act, move.only_from, move.version) for move in placement.moves] == [
        ("cancel", ("confirmed",), 1),
        ("cancel", ("confirmed",), 4),
    ]
    assert [(one.status, one.version) for one in placement.cancelled] == [("cancelled", 2), ("cancelled", 5)]
    assert placement.drafts == []


def test_where_an_agent_decides_a_cancellation_is_asked_for_and_a_request_withdrawn():
    watched = replace(MEAL, cancellation_decision="agent")
    seen = checkout(
        cancel(MONDAY),
        cancel(TUESDAY),
        bookings=[booked("confirmed", MONDAY), booked("requested", TUESDAY)],
        activities=(watched,),
    )
    assert [(move.act, move.only_from) for move in decide(seen, ORDER).moves] == [
        ("request_cancellation", ("confirmed",)),
        ("cancel", ("requested",)),
    ]


def test_one_refused_line_refuses_the_basket():
    full = {(MEAL.activity_id, TUESDAY): Places(3, 3, SLOT)}
    with pytest.raises(SlotFull) as refused:
        decide(checkout(book(MONDAY), book(TUESDAY), places=full), ORDER)
    assert refused.value.detail == "Complet le mardi 1er décembre 2026."
    assert [line["date"] for line in refused.value.extras["lines"]] == ["2026-12-01"]


def test_two_children_do_not_both_see_the_last_place():
    last = {(MEAL.activity_id, MONDAY): Places(3, 2, SLOT)}
    with pytest.raises(SlotFull) as refused:
        decide(checkout(book(), book(child=BROTHER), places=last), ORDER)
    assert [line["child_id"] for line in refused.value.extras["lines"]] == [str(BROTHER)]


def test_what_is_too_late_or_not_booked_is_refused():
    with pytest.raises(DeadlinePassed):
        decide(checkout(book(), now=datetime(2026, 11, 30, 9, tzinfo=UTC)), ORDER)
    with pytest.raises(RefusedByRule):
        decide(checkout(cancel()), ORDER)


def test_places_are_not_hoarded_unpaid():
    with pytest.raises(TooManyUnpaidOrders):
        decide(checkout(book(activity=OUTING), unpaid_orders=MOST_UNPAID_ORDERS), ORDER)
    assert decide(checkout(book(), unpaid_orders=MOST_UNPAID_ORDERS), ORDER).order.status == "confirmed"
