"""The calendar that a parent sees, and the basket beside it."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple
from uuid import UUID

from preau.common.db.driver import DriverTransaction
from preau.common.errors import FieldErrors, NotFound
from preau.common.http.permissions import FamilyCaller
from preau.reservations.agenda.domain import day_view
from preau.reservations.agenda.schemas import (
    ActivityDaysOut,
    AgendaOut,
    CalendarOut,
    ContactOut,
    DayOut,
    SiteChoiceOut,
)
from preau.reservations.basket import look as baskets
from preau.reservations.basket import look_repository
from preau.reservations.basket.domain import Line
from preau.reservations.basket.look_repository import NO_DAYS, Look, Span
from preau.reservations.basket.service import empty_basket
from preau.reservations.bookings.domain import Action
from preau.reservations.catalogue.offer import Offer, OfferBook
from preau.reservations.rules.context import BookingContext

MOST_DAYS = 62


class Wanted(NamedTuple):
    """The days to look at, both ends included, of the first site and the first child that there are.

    Where none of them is, of the first of all.
    """

    site_ids: Sequence[UUID]
    child_ids: Sequence[UUID]
    first: date
    last: date

    def check(self) -> None:
        """Raises ``FieldErrors`` for a span that is backwards or above 62 days."""
        if not 1 <= (self.last - self.first).days + 1 <= MOST_DAYS:
            raise FieldErrors({"to": f"La période va d’un jour à {MOST_DAYS} jours."})

    def site(self, offer: Offer) -> UUID | None:
        """The site to show, None when nothing is offered."""
        open_sites = [site.site_id for site in offer.open_sites()]
        return next((one for one in self.site_ids if one in open_sites), next(iter(open_sites), None))

    def child(self, look: Look) -> UUID | None:
        """The child to show, None when the family has none."""
        children = look.children()
        return next((one for one in self.child_ids if one in children), next(iter(children), None))

    def span(self, offer: Offer | None, site_id: UUID | None) -> Span:
        """What to look at."""
        if offer is None or site_id is None:
            return NO_DAYS
        activity_ids = [one.activity_id for one in offer.activities_of(site_id)]
        return Span(activity_ids, self.first, self.last, self.child_ids)


async def agenda(
    transaction: DriverTransaction, family: FamilyCaller, offers: OfferBook, wanted: Wanted
) -> AgendaOut:
    """All that the page of a calendar shows, in one look: the calendar, the basket, and what else there is.

    There is no calendar without a site and a child. Raises ``FieldErrors`` for a span that is none.
    """
    wanted.check()
    offer = offers.latest(family.commune_id)
    look = await look_repository.look(transaction, family, wanted.span(offer, offer and wanted.site(offer)))
    basket = baskets.held(look, family)
    if not look.family_is_known:
        return AgendaOut(sites=[], calendar=None, basket=empty_basket(basket, {}))
    offer = baskets.offer_of(look, family, offers)
    site_id, child_id, lines = wanted.site(offer), wanted.child(look), look.lines()
    days = _days(wanted)
    context = look.context(offer, lines, days)
    return AgendaOut(
        sites=[SiteChoiceOut(site_id=site.site_id, label=site.label) for site in offer.open_sites()],
        calendar=_calendar(context, offer, site_id, child_id, days, lines) if site_id and child_id else None,
        basket=baskets.shown(basket, lines, context),
    )


async def calendar_of_child(
    transaction: DriverTransaction, family: FamilyCaller, offers: OfferBook, wanted: Wanted
) -> CalendarOut:
    """The days of each activity of one site for one child.

    Raises ``FieldErrors`` for a span that is none, ``NotFound`` for a site or child that is not there.
    """
    wanted.check()
    offer = offers.latest(family.commune_id)
    [site_id], [child_id] = wanted.site_ids, wanted.child_ids
    look = await look_repository.look(transaction, family, wanted.span(offer, site_id))
    offer = baskets.offer_of(look, family, offers)
    if not any(site.site_id == site_id and site.status == "active" for site in offer.sites):
        raise NotFound("Ce service n’existe pas.")
    if child_id not in look.children():
        raise NotFound("Cet enfant n’existe pas.")
    days, lines = _days(wanted), look.lines()
    return _calendar(look.context(offer, lines, days), offer, site_id, child_id, days, lines)


def _days(wanted: Wanted) -> list[date]:
    return [wanted.first + timedelta(days=n) for n in range((wanted.last - wanted.first).days + 1)]


def _calendar(
    context: BookingContext,
    offer: Offer,
    site_id: UUID,
    child_id: UUID,
    days: Sequence[date],
    lines: Sequence[Line],
) -> CalendarOut:
    in_basket: dict[tuple[UUID, date], Action] = {
        (line.wish.activity_id, line.wish.day): line.wish.action
        for line in lines
        if line.wish.child_id == child_id
    }
    return CalendarOut(
        site_id=site_id,
        child_id=child_id,
        first=days[0],
        last=days[-1],
        today=context.today,
        contact=ContactOut(email=context.commune.contact_email, phone=context.commune.contact_phone),
        activities=[
            ActivityDaysOut(
                activity_id=activity.activity_id,
                label=activity.label,
                payment_mode=activity.payment_mode,
                days=_row(context, child_id, activity.activity_id, days, in_basket),
            )
            for activity in offer.activities_of(site_id)
        ],
    )


def _row(
    context: BookingContext,
    child_id: UUID,
    activity_id: UUID,
    days: Sequence[date],
    in_basket: Mapping[tuple[UUID, date], Action],
) -> list[DayOut]:
    return [
        DayOut.model_validate(
            day_view(
                context.attempt(child_id, activity_id, day),
                context.last_booking(child_id, activity_id, day),
                in_basket.get((activity_id, day)),
            )
        )
        for day in days
    ]
