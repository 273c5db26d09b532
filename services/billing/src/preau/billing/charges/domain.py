"""Which bookings cost something, and which take back what was billed of them."""

from typing import Literal

from preau.contracts.reservations import BookingStatus

ChargeStatus = BookingStatus | Literal["elsewhere"]
"""Where a booking stands for a family that pays for it; ``elsewhere`` on a day that another one pays."""

BILLABLE: frozenset[BookingStatus] = frozenset(
    {"confirmed", "cancel_requested", "attended", "absent_unjustified"}
)
"""A booked place counts until its cancellation is decided or its absence justified (règlement intérieur)."""

GIVEN_BACK: frozenset[ChargeStatus] = frozenset({"cancelled", "refused", "absent_justified", "elsewhere"})
"""Once billed, these are taken off the next run. An expired order has a credit note of its own."""
