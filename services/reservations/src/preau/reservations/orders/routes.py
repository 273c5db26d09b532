"""The parent validates a basket and follows the order."""

from uuid import UUID

from fastapi import APIRouter, Response

from preau.common.errors import NotFound
from preau.common.http.idempotency import IdempotencyKey
from preau.common.http.permissions import Family
from preau.common.http.unit_of_work import Transaction
from preau.reservations.bookings import repository as bookings
from preau.reservations.bookings.schemas import BookingOut
from preau.reservations.orders import repository, service
from preau.reservations.orders.schemas import OrderIn, OrderInvoiceOut, OrderOut, PlacedOrderOut

router = APIRouter(tags=["orders"], prefix="/parent/families/{family_id}/orders")


@router.post("", status_code=201, response_model=PlacedOrderOut)
async def place_order(
    family: Family, session: Transaction, idempotency: IdempotencyKey, body: OrderIn
) -> Response:
    """Validate the basket: all of it or nothing."""

    async def produce() -> PlacedOrderOut:
        order, recorded = await service.place(session, family)
        return PlacedOrderOut(
            order_id=order.order_id,
            status="awaiting_payment" if order.status == "awaiting_payment" else "confirmed",
            held_until=order.held_until,
            bookings=[BookingOut.model_validate(one) for one in service.by_day(recorded.made)],
            cancellations=[BookingOut.model_validate(one) for one in service.by_day(recorded.moved)],
        )

    return await idempotency.once(session, family.account_id, body, produce)


@router.get("/{order_id}")
async def read_order(family: Family, session: Transaction, order_id: UUID) -> OrderOut:
    """The order, with the invoices to pay while it awaits payment."""
    order = await repository.order(session, order_id, family.family_id)
    if order is None:
        raise NotFound("Cette commande n’existe pas.")
    invoices = await repository.invoices(session, order_id)
    made = await bookings.of_order(session, order_id)
    return OrderOut.model_validate(
        {
            **order._asdict(),
            "invoices": [OrderInvoiceOut.model_validate(one) for one in invoices],
            "bookings": [BookingOut.model_validate(one) for one in made],
        }
    )
