"""Where one is in the calendar: a site, a child, a week. The browser remembers the first two."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from starlette.requests import Request

from preau.gateway.api.models.reservations import AgendaOut, FamilyChildOut, SiteChoiceOut
from preau.gateway.api.reservations import FamilyReservations
from preau.gateway.pages.civil_time import today_of
from preau.gateway.pages.input_values import day_of
from preau.gateway.pages.parents.reservations.weeks import WIDE_WEEKS, monday_of
from preau.gateway.pages.sessions import set_cookie
from preau.gateway.security.cookies import CALENDAR_COOKIE, DAY_SECONDS, cookie


@dataclass(frozen=True, slots=True)
class Place:
    """What the calendar shows, and what else it could show."""

    site: SiteChoiceOut
    child: FamilyChildOut
    monday: date
    sites: list[SiteChoiceOut]
    children: list[FamilyChildOut]

    def address(self, page: str = "", **other: object) -> str:
        """The address of the calendar or a ``page`` of it, here or where ``site``, ``enfant``, ``du`` say."""
        named = {"site": self.site.site_id, "enfant": self.child.child_id, "du": self.monday} | other
        return f"/reservations{page}?" + "&".join(f"{name}={value}" for name, value in named.items())

    @property
    def key(self) -> str:
        """A name for what is shown: an answer for another place is not put into it."""
        return f"{self.site.site_id}.{self.child.child_id}.{self.monday}"


@dataclass(frozen=True, slots=True)
class Nowhere:
    """There is nothing to book, or nobody to book for."""

    sites: list[SiteChoiceOut]
    children: list[FamilyChildOut]


@dataclass(frozen=True, slots=True)
class AskedPlace:
    """Which calendar is asked for by ``site``, ``enfant`` and ``du``; what is not said is as it was last."""

    site_ids: list[str]
    child_ids: list[str]
    monday: date

    async def agenda(
        self, reservations: FamilyReservations, first: date | None = None, last: date | None = None
    ) -> AgendaOut:
        """The weeks from the Monday on, or other days, with the basket of the same instant."""
        first = first or self.monday
        last = last or first + timedelta(weeks=WIDE_WEEKS, days=-1)
        return await reservations.agenda(self.site_ids, self.child_ids, first, last)

    def found(self, agenda: AgendaOut) -> Place | Nowhere:
        """Where that is."""
        shown, children = agenda.calendar, agenda.basket.children
        if shown is None:
            return Nowhere(agenda.sites, children)
        site = next(each for each in agenda.sites if each.site_id == shown.site_id)
        child = next(each for each in children if each.child_id == shown.child_id)
        return Place(site, child, self.monday, agenda.sites, children)


def asked_place(request: Request, asked: Mapping[str, str]) -> AskedPlace:
    """The place that is asked for."""
    last_site, _, last_child = request.cookies.get(CALENDAR_COOKIE, "").partition(".")
    return AskedPlace(
        [each for each in (asked.get("site", ""), last_site) if _is_id(each)],
        [each for each in (asked.get("enfant", ""), last_child) if _is_id(each)],
        monday_of(day_of(asked.get("du", "")) or today_of(request)),
    )


def _is_id(text: str) -> bool:
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False


def remember(request: Request, place: Place) -> None:
    """Keep the site and the child for the next visit from this browser."""
    value = f"{place.site.site_id}.{place.child.child_id}"
    if request.cookies.get(CALENDAR_COOKIE) != value:
        set_cookie(request, cookie(CALENDAR_COOKIE, value, lasts_seconds=365 * DAY_SECONDS))
