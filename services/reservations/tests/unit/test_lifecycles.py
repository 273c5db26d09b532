"""One transition table a lifecycle, and what it means for places."""

from itertools import product
from typing import get_args

import pytest

from preau.common.lifecycle import IllegalMove
from preau.contracts.reservations import BookingStatus
from preau.reservations.bookings.domain import Move
from preau.reservations.bookings.lifecycle import (
    ACTIVE,
    BOOKING,
    MARKABLE,
    MARKED,
    TAKES_PLACE,
    BookingAct,
)
from preau.reservations.orders.lifecycle import ORDER, UNPAID

STATUSES = get_args(BookingStatus)
ACTS = get_args(BookingAct)
MOVES = [
    (status, act, BOOKING.move(status, act)) for status in STATUSES for act in sorted(BOOKING.acts(status))
]


def test_the_table_knows_every_status_of_the_contract_and_every_act():
    assert BOOKING.states == set(STATUSES)
    assert {act for _, act, _ in MOVES} == set(ACTS)


@pytest.mark.parametrize(
    ("life", "path"),
    [
        ("requested", (("accept", "confirmed"), ("mark_present", "attended"))),
        ("requested", (("refuse", "refused"),)),
        ("awaiting_payment", (("pay", "confirmed"), ("mark_unjustified_absence", "absent_unjustified"))),
        ("awaiting_payment", (("expire", "expired"),)),
        ("waitlisted", (("hold", "awaiting_payment"), ("pay", "confirmed"))),
        ("confirmed", (("request_cancellation", "cancel_requested"), ("accept", "cancelled"))),
        ("confirmed", (("request_cancellation", "cancel_requested"), ("refuse", "confirmed"))),
        ("confirmed", (("request_cancellation", "cancel_requested"), ("mark_present", "attended"))),
        (
            "attended",
            (
                ("mark_justified_absence", "absent_justified"),
                ("mark_unjustified_absence", "absent_unjustified"),
                ("mark_present", "attended"),
            ),
        ),
    ],
)
def test_lives_that_bookings_lead(life, path):
    for act, to in path:
        assert BOOKING.move(life, act) == to
        life = to


def test_what_has_ended_stays_ended():
    assert BOOKING.ended == {"cancelled", "refused", "expired"} == set(STATUSES) - ACTIVE
    for ended, act in product(BOOKING.ended, ACTS):
        with pytest.raises(IllegalMove):
            BOOKING.move(ended, act)


def test_no_move_takes_a_place_that_was_not_counted_when_the_booking_began():
    """Only a waiting list lets a booking into a place later: that path has to take it."""
    late = {current for current, _, to in MOVES if current not in TAKES_PLACE and to in TAKES_PLACE}
    assert late == {"waitlisted"}


def test_a_place_is_freed_by_what_ends_a_booking():
    assert {
        (current, to) for current, _, to in MOVES if current in TAKES_PLACE and to not in TAKES_PLACE
    } == {
        ("requested", "refused"),
        ("requested", "cancelled"),
        ("awaiting_payment", "expired"),
        ("awaiting_payment", "cancelled"),
        ("confirmed", "cancelled"),
        ("cancel_requested", "cancelled"),
    }


def test_a_child_comes_by_what_is_confirmed_or_marked_already_and_by_a_cancellation_not_decided():
    assert {"attended", "absent_justified", "absent_unjustified"} == MARKED
    assert MARKED | {"confirmed", "cancel_requested"} == MARKABLE


def test_a_closed_day_ends_whatever_nobody_has_marked():
    assert BOOKING.before("close_day") == ACTIVE - MARKED
    assert {BOOKING.move(status, "close_day") for status in ACTIVE - MARKED} == {"cancelled"}


def test_a_move_begins_where_the_table_lets_it():
    assert Move((), "accept").sources() == ["cancel_requested", "requested"]
    assert Move((), "cancel", only_from=("requested", "attended")).sources() == ["requested"]
    becomes = {row["was"]: row["becomes"] for row in Move(("one",), "refuse").rows()}
    assert becomes == {"requested": "refused", "cancel_requested": "confirmed"}


def test_an_order_ends_once():
    assert ORDER.move("placed", "hold") == "awaiting_payment"
    assert ORDER.move("awaiting_payment", "expire") == "expired"
    assert {"awaiting_payment"} == UNPAID
    for current, act in (("expired", "pay"), ("confirmed", "expire"), ("placed", "expire")):
        with pytest.raises(IllegalMove):
            ORDER.move(current, act)
