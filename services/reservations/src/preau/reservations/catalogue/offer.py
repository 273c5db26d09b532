"""What a commune offers, kept in the process by version: its sites and activities, its calendar, itself.

The version grows in the database with each change of an activity, a site, an entry of the calendar or the
commune's copy. A hot look reads it, and a hot write checks it: a copy that is old can slow a booking, never
wrong it.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated
from uuid import UUID

from cachetools import LRUCache
from fastapi import Depends, Request
from sqlalchemy.ext.asyncio import AsyncSession

from preau.reservations.calendars import repository as calendars
from preau.reservations.calendars.domain import CommuneCalendar
from preau.reservations.calendars.published import Entry, commune_calendar
from preau.reservations.catalogue import repository, site_repository
from preau.reservations.catalogue.domain import Activity
from preau.reservations.catalogue.site_repository import SiteRecord
from preau.reservations.copies import repository as copies
from preau.reservations.copies.domain import CommuneRecord

MOST_COMMUNES = 1_000
"""Offers that a process keeps; the one that was not asked for longest goes first."""


class Offer:
    """One version of a commune's offer."""

    def __init__(
        self,
        version: int,
        commune: CommuneRecord,
        sites: Sequence[SiteRecord],
        activities: Mapping[UUID, Activity],
        entries: Sequence[Entry],
    ) -> None:
        self.version = version
        self.commune = commune
        self.sites = sites
        """By their label."""
        self.activities = activities
        """By their label; closed ones too."""
        self._entries = entries
        self._calendars: dict[tuple[int, int], CommuneCalendar] = {}

    def activities_of(self, site_id: UUID) -> list[Activity]:
        """The activities of a site that parents may book."""
        found = self.activities.values()
        return [one for one in found if one.site_id == site_id and one.status == "active"]

    def open_sites(self) -> list[SiteRecord]:
        """The sites at which parents may book something."""
        busy = {one.site_id for one in self.activities.values() if one.status == "active"}
        return [site for site in self.sites if site.status == "active" and site.site_id in busy]

    def calendar(self, first: date, last: date) -> CommuneCalendar:
        """The commune's calendar for the days from ``first`` to ``last``: from the year before them on."""
        years = first.year, last.year
        if years not in self._calendars:
            self._calendars[years] = commune_calendar(
                self._entries,
                *years,
                time_zone=self.commune.time_zone,
                school_zone=self.commune.school_zone,
            )
        return self._calendars[years]


class OfferBook:
    """The offers that this process knows."""

    def __init__(self) -> None:
        self._offers: LRUCache[UUID, Offer] = LRUCache(MOST_COMMUNES)

    def latest(self, commune_id: UUID) -> Offer | None:
        """The newest offer known here: whoever goes by it holds its version against a look."""
        return self._offers.get(commune_id)

    def known(self, commune_id: UUID, version: int) -> Offer | None:
        """The offer of that version; None when another is known or none."""
        offer = self._offers.get(commune_id)
        return offer if offer is not None and offer.version == version else None

    async def read(self, session: AsyncSession, commune_id: UUID) -> None:
        """Learn the present offer; nothing is learnt of a commune of which no copy has come."""
        version = await repository.offer_version(session)
        commune = await copies.commune(session, commune_id)
        if commune is None:
            return
        self._offers[commune_id] = Offer(
            version,
            commune,
            await site_repository.sites(session),
            await repository.every_activity(session),
            await calendars.entries(session, date.min),
        )


async def _offers(request: Request) -> OfferBook:
    return request.app.state.offers


Offers = Annotated[OfferBook, Depends(_offers)]
