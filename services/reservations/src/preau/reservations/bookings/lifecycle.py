"""The life of a booking, and what each status means for a place."""

from typing import Literal

from preau.common.lifecycle import Lifecycle
from preau.contracts.reservations import BookingStatus
from preau.reservations.catalogue.domain import Activity

Mark = Literal["mark_present", "mark_justified_absence", "mark_unjustified_absence"]
Decision = Literal["accept", "refuse"]
"""What an agent answers to a requested booking or to a requested cancellation."""
BookingAct = Literal[
    "accept",
    "refuse",
    "pay",
    "expire",
    "request",
    "hold",
    "confirm",
    "cancel",
    "close_day",
    "request_cancellation",
    "mark_present",
    "mark_justified_absence",
    "mark_unjustified_absence",
]

_MARKS: dict[BookingAct, BookingStatus] = {
    "mark_present": "attended",
    "mark_justified_absence": "absent_justified",
    "mark_unjustified_absence": "absent_unjustified",
}


def _other_marks(status: BookingStatus) -> dict[BookingAct, BookingStatus]:
    return {mark: to for mark, to in _MARKS.items() if to != status}


BOOKING: Lifecycle[BookingStatus, BookingAct] = Lifecycle(
    "booking",
    {
        "requested": {
            "accept": "confirmed",
            "refuse": "refused",
            "cancel": "cancelled",
            "close_day": "cancelled",
        },
        "awaiting_payment": {"pay": "confirmed", "expire": "expired", "close_day": "cancelled"},
        "waitlisted": {
            "request": "requested",
            "hold": "awaiting_payment",
            "confirm": "confirmed",
            "cancel": "cancelled",
            "close_day": "cancelled",
        },
        "confirmed": {
            "request_cancellation": "cancel_requested",
            "cancel": "cancelled",
            "close_day": "cancelled",
            **_MARKS,
        },
        "cancel_requested": {
            "accept": "cancelled",
            "refuse": "confirmed",
            "cancel": "cancelled",
            "close_day": "cancelled",
            **_MARKS,
        },
        "attended": _other_marks("attended"),
        "absent_justified": _other_marks("absent_justified"),
        "absent_unjustified": _other_marks("absent_unjustified"),
        "cancelled": {},
        "refused": {},
        "expired": {},
    },
)
"""Attendance may be corrected; a day that is closed ends what nobody has marked; ``request``, ``hold`` and
``confirm`` end the wait for a place.

Who was marked while the cancellation was not decided was expected: the mark is the answer.
"""

ACTIVE: frozenset[BookingStatus] = BOOKING.states - BOOKING.ended
"""At most one active booking a child, activity and date."""

TAKES_PLACE: frozenset[BookingStatus] = ACTIVE - {"waitlisted"}
"""Each booking in one of these is counted in its slot's ``used``."""

MARKABLE: frozenset[BookingStatus] = frozenset(
    status for status in BOOKING.states if BOOKING.acts(status) & _MARKS.keys()
)
"""The bookings that a child comes by."""

MARKED: frozenset[BookingStatus] = frozenset(_MARKS.values())
"""The bookings of which somebody said who came."""


def status_marked(mark: Mark) -> BookingStatus:
    """What a mark makes of a booking."""
    return _MARKS[mark]


def first_status(activity: Activity) -> BookingStatus:
    """What a booking of ``activity`` becomes when its basket is validated."""
    if activity.decision == "agent":
        return "requested"
    return "awaiting_payment" if activity.is_prepaid else "confirmed"


def cancelling_act(activity: Activity, current: BookingStatus) -> BookingAct:
    """What a parent's cancellation comes to: an unanswered request is just withdrawn."""
    if activity.cancellation_decision == "agent" and current == "confirmed":
        return "request_cancellation"
    return "cancel"
