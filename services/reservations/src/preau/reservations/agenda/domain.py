"""What a day of the parent's calendar shows: the legend's eight states, and what can be done."""

from dataclasses import dataclass
from datetime import date
from typing import Literal
from uuid import UUID

from preau.contracts.reservations import BookingStatus
from preau.reservations.bookings.domain import Action, Booking
from preau.reservations.bookings.refusals import Refusal
from preau.reservations.rules.booking import BOOKING_RULES
from preau.reservations.rules.cancellation import CANCELLATION_RULES
from preau.reservations.rules.domain import Attempt, first_refusal

DayState = Literal[
    "present", "absent", "bookable", "locked", "pending", "approved", "cancel_pending", "refused"
]

_BOOKED: dict[BookingStatus, DayState] = {
    "requested": "pending",
    "awaiting_payment": "pending",
    "waitlisted": "pending",
    "confirmed": "present",
    "attended": "present",
    "absent_justified": "absent",
    "absent_unjustified": "absent",
    "cancel_requested": "cancel_pending",
}


@dataclass(frozen=True, slots=True)
class DayView:
    """One activity on one day for one child."""

    date: date
    state: DayState
    in_basket: Action | None
    booking_id: UUID | None
    remaining: int
    refusal: Refusal | None
    can_book: bool
    can_cancel: bool


def day_view(attempt: Attempt, last_booking: Booking | None, in_basket: Action | None) -> DayView:
    """The day as the rules see it now; ``last_booking`` may have ended, the attempt's is active."""
    booking = attempt.booking
    refusal = first_refusal(CANCELLATION_RULES if booking else BOOKING_RULES, attempt)
    return DayView(
        date=attempt.day,
        state=_state(booking or last_booking, is_allowed=refusal is None),
        in_basket=in_basket,
        booking_id=booking.booking_id if booking else None,
        remaining=attempt.places.remaining,
        refusal=refusal,
        can_book=booking is None and refusal is None,
        can_cancel=booking is not None and refusal is None,
    )


def _state(booking: Booking | None, *, is_allowed: bool) -> DayState:
    if booking is not None:
        if booking.status == "confirmed" and booking.decided_by_agent:
            return "approved"
        if booking.status in _BOOKED:
            return _BOOKED[booking.status]
        if booking.status == "refused":
            return "refused"
        if booking.status == "cancelled" and not is_allowed:
            return "absent"
    return "bookable" if is_allowed else "locked"
