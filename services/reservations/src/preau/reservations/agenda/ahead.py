"""What lies ahead of a family: the days booked, the deadlines that come, the basket that waits."""

from datetime import timedelta
from typing import NamedTuple

from preau.common.db.driver import DriverTransaction
from preau.common.http.permissions import FamilyCaller
from preau.reservations.agenda.schemas import (
    AheadOut,
    ComingBookingOut,
    ComingDeadlineOut,
    ComingDeadlinesOut,
)
from preau.reservations.agenda.unbooked import AHEAD, USUAL, by_deadline, unbooked
from preau.reservations.basket import look as baskets
from preau.reservations.basket import look_repository
from preau.reservations.basket.domain import Line
from preau.reservations.bookings.domain import Booking, by_day
from preau.reservations.bookings.lifecycle import ACTIVE
from preau.reservations.catalogue.offer import OfferBook
from preau.reservations.rules.context import BookingContext

SHOWN = timedelta(days=9)
"""How far the days booked are told."""


class _Around(NamedTuple):
    lines: list[Line]
    context: BookingContext
    bookings: list[Booking]
    """The family's own, by day; a child of two families may have others."""


async def ahead(transaction: DriverTransaction, family: FamilyCaller, offers: OfferBook) -> AheadOut:
    """What a family's home tells, in one look; nothing while no copy of the family has come."""
    around = await _look(transaction, family, offers)
    if around is None:
        return AheadOut(debt_cents=0, basket_lines=0, bookings=[], deadlines=[])
    today = around.context.today
    coming = [one for one in around.bookings if today <= one.service_date <= today + SHOWN]
    return AheadOut(
        debt_cents=around.context.debt_cents,
        basket_lines=len(around.lines),
        bookings=[_shown(one, around.context) for one in coming if one.status in ACTIVE],
        deadlines=_deadlines(around),
    )


async def deadlines(
    transaction: DriverTransaction, family: FamilyCaller, offers: OfferBook
) -> ComingDeadlinesOut:
    """The deadlines of the coming week, each with the days to book before it."""
    around = await _look(transaction, family, offers)
    return ComingDeadlinesOut(items=_deadlines(around) if around else [])


async def _look(transaction: DriverTransaction, family: FamilyCaller, offers: OfferBook) -> _Around | None:
    look = await look_repository.look_around(transaction, family, days_back=USUAL.days, days_ahead=AHEAD.days)
    if not look.family_is_known:
        return None
    offer, lines = baskets.offer_of(look, family, offers), look.lines()
    today = look.today(offer)
    context = look.context(offer, lines, [today, today + AHEAD])
    own = [
        one
        for one in context.bookings.values()
        if one.family_id == family.family_id
        and one.child_id in context.children
        and one.service_date <= today + AHEAD
    ]
    return _Around(lines, context, by_day(own))


def _deadlines(around: _Around) -> list[ComingDeadlineOut]:
    context = around.context
    usual = sorted({(one.child_id, one.activity_id) for one in around.bookings if one.status in ACTIVE})
    days = [context.today + timedelta(days=n) for n in range(AHEAD.days + 1)]
    return by_deadline(unbooked(context, usual, days), {line.wish.key for line in around.lines})


def _shown(booking: Booking, context: BookingContext) -> ComingBookingOut:
    return ComingBookingOut(
        order_id=booking.order_id,
        date=booking.service_date,
        status=booking.status,
        child_name=context.children[booking.child_id].first_name,
        activity_label=booking.activity_label,
    )
