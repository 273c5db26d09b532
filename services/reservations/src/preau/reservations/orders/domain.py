"""The life of an order: a validated basket."""

from collections.abc import Mapping
from typing import Literal

from preau.contracts.reservations import BookingStatus
from preau.reservations.activities.domain import Activity

OrderStatus = Literal["placed", "awaiting_payment", "confirmed", "expired"]

TRANSITIONS: Mapping[OrderStatus, frozenset[OrderStatus]] = {
    "placed": frozenset({"awaiting_payment", "confirmed"}),
    "awaiting_payment": frozenset({"confirmed", "expired"}),
    "confirmed": frozenset(),
    "expired": frozenset(),
}
MOST_UNPAID_ORDERS = 3
"""Orders of one family that may await payment at once: places are not hoarded."""


class IllegalTransition(ValueError):
    """An order cannot become this from what it is."""


def next_status(current: OrderStatus, to: OrderStatus) -> OrderStatus:
    """``to``, or :class:`IllegalTransition`."""
    if to not in TRANSITIONS[current]:
        raise IllegalTransition(f"{current} → {to}")
    return to


def first_booking_status(activity: Activity) -> BookingStatus:
    """What a booking of ``activity`` becomes when its basket is validated."""
    if activity.decision == "agent":
        return "requested"
    return "awaiting_payment" if activity.is_prepaid else "confirmed"


def cancellation_status(activity: Activity, current: BookingStatus) -> BookingStatus:
    """What a booking becomes when its cancellation is validated: an unanswered request is just withdrawn."""
    if activity.cancellation_decision == "agent" and current == "confirmed":
        return "cancel_requested"
    return "cancelled"
