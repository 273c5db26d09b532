"""The parent validates a basket and follows the order."""

from uuid import UUID

from fastapi import APIRouter, Response

from preau.common.errors import NotFound
from preau.common.http.idempotency import IdempotencyKey, answered
from preau.common.http.permissions import Family
from preau.common.http.unit_of_work import Transaction, Work
from preau.reservations.bookings import repository as bookings
from preau.reservations.bookings.domain import by_day
from preau.reservations.bookings.schemas import BookingOut
from preau.reservations.catalogue.offer import Offers
from preau.reservations.orders import repository, service
from preau.reservations.orders.schemas import OrderIn, OrderInvoiceOut, OrderOut, PlacedOrderOut

router = APIRouter(tags=["orders"], prefix="/parent/families/{family_id}/orders")


@router.post("", status_code=201, response_model=PlacedOrderOut)
async def place_order(
    family: Family, work: Work, idempotency: IdempotencyKey, offers: Offers, body: OrderIn
) -> Response:
    """Validate the basket: all of it or nothing."""
    buyer = service.Buyer(family, idempotency.claim(family.account_id, body))
    return answered(await work.decide(lambda transaction: service.place(transaction, buyer, offers)), 201)


@router.get("/{order_id}")
async def read_order(family: Family, session: Transaction, order_id: UUID) -> OrderOut:
    """The order, with the invoices to pay while it awaits payment."""
    order = await repository.order(session, order_id, family.family_id)
    if order is None:
        raise NotFound("Cette commande n’existe pas.")
    invoices = await repository.invoices(session, order_id)
    made = await bookings.of_order(session, order_id)
    cancelled_ids = await repository.cancelled_ids(session, order_id)
    cancelled = await bookings.bookings(session, cancelled_ids) if cancelled_ids else []
    return OrderOut.model_validate(
        {
            **order._asdict(),
            "invoices": [OrderInvoiceOut.model_validate(one) for one in invoices],
            "bookings": [BookingOut.model_validate(one) for one in made],
            "cancellations": [BookingOut.model_validate(one) for one in by_day(cancelled)],
        }
    )
