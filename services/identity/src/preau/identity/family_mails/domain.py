"""Which events a family is written to about. Pure: no I/O, no clock."""

from preau.contracts.billing import InvoiceFacts
from preau.contracts.reservations import BookingChangedV1
from preau.wording import happenings


def invoice_is_mailed(invoice: InvoiceFacts) -> bool:
    """Bills of the month and by hand are announced; a prepaid one is told by the mails of its order.

    Who gets invoices on paper is sent them there.
    """
    return invoice.delivery == "mail" and invoice.kind in {"month_end", "complement", "manual"}


def demand_is_mailed(invoice: InvoiceFacts) -> bool:
    """An invoice is sent where it asks for something, though credit may have paid it already."""
    return invoice_is_mailed(invoice) and invoice.total_cents > 0


def avoir_is_mailed(invoice: InvoiceFacts) -> bool:
    """What is below zero gives something back: the family is told, whatever it was given back of."""
    return invoice.delivery == "mail" and invoice.total_cents < 0


def change_is_mailed(event: BookingChangedV1) -> bool:
    """What an agent, a parent or a rule decided of a booking; the order's mails say the rest.

    What a closure freed is told a family at once.
    """
    return (
        event.closure_id is None
        and event.cause in {"agent", "parent", "rule"}
        and event.booking.status in happenings.BOOKING
    )
