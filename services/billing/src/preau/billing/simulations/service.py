"""Trying a tariff on months that were. Nothing that others see is written."""

import asyncio
from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from preau.billing.copies import calendar
from preau.billing.copies import repository as copies
from preau.billing.runs.repository import extend_timeouts
from preau.billing.simulations import repository
from preau.billing.simulations.domain import Pricing, Segment
from preau.billing.simulations.repository import Asked, Extent, FamilyCompared
from preau.billing.tariffs import repository as tariffs
from preau.billing.tariffs.definition import TariffDefinition
from preau.billing.tariffs.domain import Tariff
from preau.billing.tariffs.months import Month, month_of, month_with
from preau.billing.tariffs.periods import ALWAYS
from preau.common.db.database import hot
from preau.common.errors import FieldErrors
from preau.common.money import Cents

MOST_MONTHS = 12
MOST_CHARGES = 1_000_000
"""What one request computes: 400,000 take five seconds, and up to twice that with conditions on the rest."""
BIGGEST = 10
"""The families named on each side."""


class Simulated(NamedTuple):
    """Both sides of a simulation; ``segments`` by their numbers, and what each asks for."""

    extent: Extent
    segments: Sequence[Segment]
    asked: Sequence[Asked]
    by_family: dict[Cents, int]
    by_child: dict[Cents, int]
    falling: Sequence[FamilyCompared]
    rising: Sequence[FamilyCompared]
    families: Sequence[FamilyCompared]


def period_of(first_month: str, last_month: str) -> Month:
    """From the first day of a month to the end of another. Raises `FieldErrors`."""
    period = Month(month_of(first_month).first, month_of(last_month).after)
    months = len(list(_months(period)))
    if months == 0:
        raise FieldErrors({"last_month": "Le dernier mois est avant le premier."})
    if months > MOST_MONTHS:
        raise FieldErrors({"last_month": f"Simulez au plus {MOST_MONTHS} mois à la fois."})
    return period


def _months(period: Month) -> Iterator[Month]:
    month = month_with(period.first)
    while month.first < period.after:
        yield month
        month = month_with(month.after)


async def draft_of(
    session: AsyncSession, activity_id: UUID, definition: TariffDefinition | None, effective_from: date | None
) -> TariffDefinition:
    """The tariff to try: the one given, or the stored one that begins on a day. Raises `FieldErrors`."""
    if (definition is None) == (effective_from is None):
        raise FieldErrors({"definition": "Donnez un tarif à simuler ou le jour d’un tarif enregistré."})
    if definition is not None:
        return definition
    stored = await tariffs.price_list(session, [activity_id])
    found = (each for each in stored.tariffs.get(activity_id, ()) if each.effective_from == effective_from)
    if (tariff := next(found, None)) is None:
        raise FieldErrors({"effective_from": "Aucun tarif ne commence ce jour-là."})
    return tariff.definition


async def simulate(
    session: AsyncSession,
    commune_id: UUID,
    activity_id: UUID,
    period: Month,
    draft: TariffDefinition,
    *,
    names_all: bool,
) -> Simulated:
    """Price the charges of a period by the tariffs in force and by the draft.

    Of months that are not over it takes what is booked so far. Raises `FieldErrors` for an activity that is
    not known, and for too many charges.
    """
    work = hot(session)
    if not await copies.activities(session, [activity_id]):
        raise FieldErrors({"activity_id": "Cette activité n’existe pas."})
    await extend_timeouts(session)
    extent = await repository.extent(work, activity_id, period)
    if extent.charges > MOST_CHARGES:
        raise FieldErrors({"last_month": "Cette période a trop de prestations : choisissez moins de mois."})
    commune = await copies.commune(session, commune_id)
    zone = commune.time_zone if commune else calendar.DEFAULT_ZONE
    now = (await tariffs.price_list(session, [activity_id])).tariffs.get(activity_id, ())
    pricing = Pricing([tariff.definition for tariff in now], draft)
    await repository.begin(work)
    for month in _months(period):
        keys = await repository.gather_month(work, activity_id, month, zone, now, Tariff(ALWAYS, draft))
        priced = await asyncio.to_thread(pricing.priced, keys)
        await repository.add_month(work, priced)
    asked = await repository.compare(work)
    by_family, by_child = await repository.differences(work)
    falling, rising = await repository.biggest(work, BIGGEST)
    families = await repository.families(work) if names_all else []
    return Simulated(extent, pricing.segments, asked, by_family, by_child, falling, rising, families)
