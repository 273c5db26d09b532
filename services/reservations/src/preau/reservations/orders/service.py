"""Validating a basket: all of it or nothing, by the database's clock."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from preau.common.db.clock import database_now
from preau.common.errors import Conflict
from preau.common.http.access import FamilyAccess
from preau.common.ids import new_id
from preau.common.messaging.outbox import emit
from preau.contracts.reservations import OrderPlacedV1
from preau.reservations.basket import repository as baskets
from preau.reservations.bookings.domain import Booking
from preau.reservations.bookings.service import BookingMoved, Draft, Move, Recorded, record
from preau.reservations.orders import repository
from preau.reservations.orders.domain import (
    MOST_UNPAID_ORDERS,
    cancellation_status,
    first_booking_status,
    next_status,
)
from preau.reservations.orders.repository import Order
from preau.reservations.rules import booking as booking_rules
from preau.reservations.rules import cancellation as cancellation_rules
from preau.reservations.rules.domain import Wish
from preau.reservations.rules.refused import RefusedLine, problem
from preau.reservations.rules.situation import Situation, situation_of


class BasketEmpty(Conflict):
    """There is nothing to validate."""

    type, title = "basket-empty", "Panier vide"


class TooManyUnpaidOrders(Conflict):
    """A family may hold unpaid places in so many orders at most."""

    type, title = "too-many-unpaid-orders", "Trop de paiements en attente"


async def place(family: FamilyAccess) -> tuple[Order, Recorded]:
    """Validate the account's basket: bookings made, places taken, cancellations done, the basket emptied.

    Raises ``SlotFull``, ``DeadlinePassed``, ``RefusedByRule`` with the lines concerned, having done nothing.
    """
    session = family.session
    await repository.lock_family(session, family.family_id)
    basket_id = await baskets.ensure(session, family.commune_id, family.family_id, family.account_id)
    wishes = [line.wish for line in await baskets.lines(session, basket_id)]
    if not wishes:
        raise BasketEmpty("Votre panier est vide.")
    situation = await situation_of(session, family.family_id, {wish.key for wish in wishes})
    if refused := situation.refused(wishes):
        raise problem(refused)
    order = await _open_order(family, wishes, situation)
    recorded = await record(
        session,
        family.commune_id,
        drafts=_drafts(order, wishes, situation),
        moves=_moves(wishes, situation),
    )
    _check_all_moved(wishes, recorded)
    now = await _check_deadlines_again(family, wishes, situation, recorded)
    await baskets.empty(session, basket_id)
    await emit(session, _placed(order, family.account_id, now, recorded))
    return order, recorded


async def _open_order(family: FamilyAccess, wishes: Sequence[Wish], situation: Situation) -> Order:
    holds = [
        activity.hold_seconds
        for wish in wishes
        if wish.action == "book"
        and first_booking_status(activity := situation.activities[wish.activity_id]) == "awaiting_payment"
    ]
    if holds and await repository.unpaid_orders(family.session, family.family_id) >= MOST_UNPAID_ORDERS:
        raise TooManyUnpaidOrders(
            "Payez d’abord vos réservations en attente, ou laissez passer leur délai de paiement."
        )
    order = Order(
        order_id=new_id(),
        commune_id=family.commune_id,
        family_id=family.family_id,
        status=next_status("placed", "awaiting_payment" if holds else "confirmed"),
        version=1,
        held_until=situation.now + timedelta(seconds=min(holds)) if holds else None,
    )
    await repository.add(family.session, order, account_id=family.account_id, placed_at=situation.now)
    return order


def _drafts(order: Order, wishes: Sequence[Wish], situation: Situation) -> list[Draft]:
    return [
        Draft(
            family_id=order.family_id,
            child_id=wish.child_id,
            activity=(activity := situation.activities[wish.activity_id]),
            day=wish.day,
            status=first_booking_status(activity),
            payment_mode=activity.payment_mode,
            order_id=order.order_id,
        )
        for wish in wishes
        if wish.action == "book"
    ]


def _moves(wishes: Sequence[Wish], situation: Situation) -> list[Move]:
    moves: list[Move] = []
    for wish in wishes:
        booking = situation.active_booking(*wish.key) if wish.action == "cancel" else None
        if booking is not None:
            to = cancellation_status(situation.activities[wish.activity_id], booking.status)
            moves.append(Move((booking.booking_id,), to, only_from=(booking.status,)))
    return _joined(moves)


def _joined(moves: Sequence[Move]) -> list[Move]:
    """One move a pair of statuses: one statement for a month of cancellations."""
    groups: dict[tuple[object, ...], list[UUID]] = {}
    for move in moves:
        groups.setdefault((move.to, move.only_from), []).extend(move.booking_ids)
    firsts = {(move.to, move.only_from): move for move in moves}
    return [Move(ids, firsts[key].to, only_from=firsts[key].only_from) for key, ids in groups.items()]  # pyright: ignore[reportArgumentType]


def _check_all_moved(wishes: Sequence[Wish], recorded: Recorded) -> None:
    if len(recorded.moved) < sum(wish.action == "cancel" for wish in wishes):
        raise BookingMoved("Une réservation à annuler a changé entre-temps. Vérifiez votre panier.")


async def _check_deadlines_again(
    family: FamilyAccess, wishes: Sequence[Wish], situation: Situation, recorded: Recorded
) -> datetime:
    """Waiting for a slot may have taken us past a cut-off: the clock once it was ours decides."""
    now = recorded.at or await database_now(family.session)
    if late := late_lines(wishes, situation.at(now)):
        raise problem(late)
    return now


def late_lines(wishes: Sequence[Wish], situation: Situation) -> list[RefusedLine]:
    """The lines whose deadline has passed, whatever else the rules say of them."""
    late: list[RefusedLine] = []
    for wish in wishes:
        rule = booking_rules.enough_notice if wish.action == "book" else cancellation_rules.enough_notice
        if refusal := rule(situation.attempt(*wish.key)):
            late.append(RefusedLine(wish, refusal))
    return late


def _placed(order: Order, account_id: UUID, now: datetime, recorded: Recorded) -> OrderPlacedV1:
    return OrderPlacedV1(
        commune_id=order.commune_id,
        aggregate_id=order.order_id,
        aggregate_version=order.version,
        family_id=order.family_id,
        account_id=account_id,
        placed_at=now,
        status="awaiting_payment" if order.status == "awaiting_payment" else "confirmed",
        held_until=order.held_until,
        bookings=tuple(booking.facts() for booking in recorded.made),
        cancellations=tuple(booking.facts() for booking in recorded.moved),
    )


def by_day(bookings: Sequence[Booking]) -> list[Booking]:
    """Bookings as people read them."""
    return sorted(bookings, key=lambda one: (one.service_date, one.child_id, one.activity_id))
