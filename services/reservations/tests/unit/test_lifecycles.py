"""One transition table a lifecycle, and what it means for places."""

from itertools import pairwise, product
from typing import get_args

import pytest

from preau.contracts.reservations import BookingStatus
from preau.reservations.bookings import domain as bookings
from preau.reservations.orders import domain as orders

STATUSES = get_args(BookingStatus)


def test_the_table_knows_every_status_of_the_contract():
    assert set(bookings.TRANSITIONS) == set(STATUSES)
    assert all(targets <= set(STATUSES) for targets in bookings.TRANSITIONS.values())


@pytest.mark.parametrize(
    "path",
    [
        ("requested", "confirmed", "attended"),
        ("requested", "refused"),
        ("awaiting_payment", "confirmed", "absent_unjustified"),
        ("awaiting_payment", "expired"),
        ("waitlisted", "awaiting_payment", "confirmed"),
        ("confirmed", "cancel_requested", "cancelled"),
        ("confirmed", "cancel_requested", "confirmed"),
        ("attended", "absent_justified", "absent_unjustified", "attended"),
    ],
)
def test_lives_that_bookings_lead(path):
    for current, to in pairwise(path):
        bookings.check_transition(current, to)
        assert current in bookings.sources(to)


def test_what_has_ended_stays_ended():
    for ended, to in product(bookings.ENDED, STATUSES):
        with pytest.raises(bookings.IllegalTransition):
            bookings.check_transition(ended, to)


def test_no_move_takes_a_place_that_was_not_counted_when_the_booking_began():
    """Only a waiting list lets a booking into a place later: that path has to take it."""
    for current, targets in bookings.TRANSITIONS.items():
        for to in targets:
            if current not in bookings.TAKES_PLACE and to in bookings.TAKES_PLACE:
                assert current == "waitlisted"


def test_a_place_is_freed_by_what_ends_a_booking():
    freeing = {
        (current, to)
        for current, targets in bookings.TRANSITIONS.items()
        for to in targets
        if bookings.frees_place(current, to)
    }
    assert freeing == {
        ("requested", "refused"),
        ("requested", "cancelled"),
        ("awaiting_payment", "expired"),
        ("confirmed", "cancelled"),
        ("cancel_requested", "cancelled"),
    }


def test_an_order_ends_once():
    assert orders.next_status("placed", "awaiting_payment") == "awaiting_payment"
    assert orders.next_status("awaiting_payment", "expired") == "expired"
    for current, to in (("expired", "confirmed"), ("confirmed", "expired"), ("placed", "expired")):
        with pytest.raises(orders.IllegalTransition):
            orders.next_status(current, to)
