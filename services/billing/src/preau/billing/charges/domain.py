"""Which bookings cost something, and which take back what was billed of them."""

from preau.contracts.reservations import BookingStatus

BILLABLE: frozenset[BookingStatus] = frozenset(
    {"confirmed", "cancel_requested", "attended", "absent_unjustified"}
)
"""A booked place counts until its cancellation is decided or its absence justified (règlement intérieur)."""

GIVEN_BACK: frozenset[BookingStatus] = frozenset({"cancelled", "refused", "absent_justified"})
"""Once billed, these are taken off the next run. An expired order has a credit note of its own."""
