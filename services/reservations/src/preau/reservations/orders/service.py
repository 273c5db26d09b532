"""Placing an order: one look, one decision, one write; the database's clock decides."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from preau.common.errors import Conflict
from preau.common.http.permissions import FamilyCaller
from preau.common.ids import new_id
from preau.contracts.reservations import OrderPlacedV1
from preau.reservations.bookings.domain import Booking
from preau.reservations.bookings.refusals import problem
from preau.reservations.bookings.service import BookingMoved, Recorded, record
from preau.reservations.orders import checkout_repository
from preau.reservations.orders.domain import Checkout, Order, Placement, decide


class BasketEmpty(Conflict):
    """There is nothing to validate."""

    type, title = "basket-empty", "Panier vide"


async def place(session: AsyncSession, family: FamilyCaller) -> tuple[Order, Recorded]:
    """Validate the account's basket: bookings made, places taken, cancellations done, the basket emptied.

    Raises :class:`BasketEmpty`, ``TooManyUnpaidOrders``, and with the lines concerned ``SlotFull``,
    ``DeadlinePassed``, ``RefusedByRule``, having done nothing.
    """
    await checkout_repository.lock_family(session, family.family_id)
    checkout = await checkout_repository.look(session, family.commune_id, family.family_id, family.account_id)
    if checkout is None:
        raise BasketEmpty("Votre panier est vide.")
    placement = decide(checkout, new_id())
    return placement.order, await _write(session, family, checkout, placement)


async def _write(
    session: AsyncSession, family: FamilyCaller, checkout: Checkout, placement: Placement
) -> Recorded:
    """Write all of it, each part under its guard.

    Raises ``SlotFull``, ``AlreadyBooked`` and ``BookingMoved`` when others were first since the look, and
    ``DeadlinePassed`` when waiting for them took us past a cut-off: the clock once places are ours decides.
    """
    order = placement.order
    await checkout_repository.open_order(session, placement, checkout.lines, family.account_id)
    recorded = await record(
        session,
        order.commune_id,
        drafts=placement.drafts,
        moves=placement.moves,
        events=lambda recorded: [_placed(family, placement, recorded)],
    )
    if len(recorded.moved) < sum(wish.action == "cancel" for wish in checkout.wishes):
        raise BookingMoved("Une réservation à annuler a changé entre-temps. Vérifiez votre panier.")
    if recorded.at is not None and (late := checkout.context.at(recorded.at).late(checkout.wishes)):
        raise problem(late)
    return recorded


def _placed(family: FamilyCaller, placement: Placement, recorded: Recorded) -> OrderPlacedV1:
    order = placement.order
    return OrderPlacedV1(
        commune_id=order.commune_id,
        aggregate_id=order.order_id,
        aggregate_version=order.version,
        family_id=order.family_id,
        account_id=family.account_id,
        placed_at=recorded.at or placement.placed_at,
        status="awaiting_payment" if order.status == "awaiting_payment" else "confirmed",
        held_until=order.held_until,
        bookings=tuple(booking.facts() for booking in recorded.made),
        cancellations=tuple(booking.facts() for booking in recorded.moved),
    )


def by_day(bookings: Sequence[Booking]) -> list[Booking]:
    """Bookings as people read them."""
    return sorted(bookings, key=lambda one: (one.service_date, one.child_id, one.activity_id))
