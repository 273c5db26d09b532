"""Which bookings cost something, and what changed since they were invoiced."""

from preau.contracts.reservations import BookingStatus

BILLABLE: frozenset[BookingStatus] = frozenset({"confirmed", "attended", "absent_unjustified"})
"""A booked place counts until it is cancelled in time or the absence is justified (règlement intérieur)."""

GIVEN_BACK: frozenset[BookingStatus] = frozenset({"cancelled", "refused", "absent_justified"})
"""Once invoiced, these are taken off the next run. An expired order has a credit note of its own."""


def units_due(status: BookingStatus, units: int, invoiced_units: int) -> int:
    """Units to invoice now: negative when an invoiced booking no longer counts.

    A status in between (a cancellation waiting for its decision) changes nothing yet.
    """
    if status in BILLABLE:
        return units - invoiced_units
    return -invoiced_units if status in GIVEN_BACK else 0
