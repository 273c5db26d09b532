"""An order, and the decision to place it: a pure function of the basket and all that decides on it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from preau.common.errors import Conflict
from preau.reservations.basket.domain import Line
from preau.reservations.bookings.domain import Booking, Draft, Move, Wish
from preau.reservations.bookings.lifecycle import BOOKING, cancelling_act, first_status
from preau.reservations.bookings.refusals import problem
from preau.reservations.orders.lifecycle import ORDER, OrderStatus
from preau.reservations.rules.context import BookingContext

MOST_UNPAID_ORDERS = 3
"""Orders of one family that may await payment at once: places are not hoarded."""


class TooManyUnpaidOrders(Conflict):
    """A family may hold unpaid places in so many orders at most."""

    type, title = "too-many-unpaid-orders", "Trop de paiements en attente"


class Order(NamedTuple):
    """An order as it stands."""

    order_id: UUID
    commune_id: UUID
    family_id: UUID
    status: OrderStatus
    version: int
    held_until: datetime | None


@dataclass(frozen=True, slots=True)
class Checkout:
    """What an order is decided on: the lines of the basket, at least one, and all that decides on them."""

    commune_id: UUID
    family_id: UUID
    lines: tuple[Line, ...]
    context: BookingContext
    unpaid_orders: int

    @property
    def wishes(self) -> list[Wish]:
        return [line.wish for line in self.lines]


@dataclass(frozen=True, slots=True)
class Placement:
    """What placing an order writes: the order, its bookings, and the moves of those that it cancels."""

    order: Order
    placed_at: datetime
    drafts: Sequence[Draft]
    moves: Sequence[Move]
    cancelled: Sequence[Booking]
    """What the moves make of the bookings, as long as nobody else was first."""

    @property
    def is_held(self) -> bool:
        """Whether places are held until it is paid."""
        return self.order.held_until is not None


def decide(checkout: Checkout, order_id: UUID) -> Placement:
    """The placement of a whole basket.

    Raises ``SlotFull``, ``DeadlinePassed`` and ``RefusedByRule`` with the lines concerned, and
    :class:`TooManyUnpaidOrders`.
    """
    if refused := checkout.context.refused(checkout.wishes):
        raise problem(refused)
    cancellations = list(_cancellations(checkout))
    order = _order(checkout, order_id)
    return Placement(
        order=order,
        placed_at=checkout.context.now,
        drafts=_drafts(checkout, order_id),
        moves=[move for move, _ in cancellations],
        cancelled=[booking for _, booking in cancellations],
    )


def _order(checkout: Checkout, order_id: UUID) -> Order:
    holds = [
        activity.hold_seconds
        for wish in checkout.wishes
        if wish.action == "book"
        and first_status(activity := checkout.context.activities[wish.activity_id]) == "awaiting_payment"
    ]
    if holds and checkout.unpaid_orders >= MOST_UNPAID_ORDERS:
        raise TooManyUnpaidOrders(
            "Payez d’abord vos réservations en attente, ou laissez passer leur délai de paiement."
        )
    return Order(
        order_id=order_id,
        commune_id=checkout.commune_id,
        family_id=checkout.family_id,
        status=ORDER.move("placed", "hold" if holds else "confirm"),
        version=1,
        held_until=checkout.context.now + timedelta(seconds=min(holds)) if holds else None,
    )


def _drafts(checkout: Checkout, order_id: UUID) -> list[Draft]:
    return [
        Draft(
            family_id=checkout.family_id,
            child_id=wish.child_id,
            activity=(activity := checkout.context.activities[wish.activity_id]),
            day=wish.day,
            status=first_status(activity),
            payment_mode=activity.payment_mode,
            slot_id=checkout.context.places_of(wish.activity_id, wish.day).slot_id,
            order_id=order_id,
        )
        for wish in checkout.wishes
        if wish.action == "book"
    ]


def _cancellations(checkout: Checkout) -> Iterator[tuple[Move, Booking]]:
    """Each booking to cancel as it was looked at: how it moves, and what it becomes."""
    for wish in checkout.wishes:
        booking = checkout.context.active_booking(*wish.key) if wish.action == "cancel" else None
        if booking is not None:
            act = cancelling_act(checkout.context.activities[wish.activity_id], booking.status)
            becomes = BOOKING.move(booking.status, act)
            move = Move([booking.booking_id], act, only_from=(booking.status,), version=booking.version)
            yield move, replace(booking, status=becomes, version=booking.version + 1)
