"""Orders over HTTP."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from preau.common.http.schemas import RequestModel, ResponseModel
from preau.reservations.bookings.schemas import BookingOut


class OrderIn(RequestModel):
    """Nothing: the basket says it all."""


class PlacedOrderOut(ResponseModel):
    """A validated basket; while it awaits payment its places are held until ``held_until``."""

    order_id: UUID
    status: Literal["confirmed", "awaiting_payment"]
    held_until: datetime | None
    bookings: list[BookingOut]
    cancellations: list[BookingOut]


class OrderInvoiceOut(ResponseModel):
    """A prepaid invoice of the order."""

    invoice_id: UUID
    regie_id: UUID
    total_cents: int
    status: Literal["open", "settled", "cancelled"]


class OrderOut(ResponseModel):
    """An order as it stands; its invoices appear once billing has priced it.

    ``cancellations`` are the bookings that it cancelled, or asked to cancel, as they stand.
    """

    order_id: UUID
    status: Literal["awaiting_payment", "confirmed", "expired"]
    held_until: datetime | None
    invoices: list[OrderInvoiceOut]
    bookings: list[BookingOut]
    cancellations: list[BookingOut]
