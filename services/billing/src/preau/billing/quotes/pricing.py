"""Pricing some days of activities by the tariffs and the family as they stand now."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from preau.billing.copies import repository as copies
from preau.billing.copies.families import Family
from preau.billing.copies.tables import ActivityCopy
from preau.billing.tariffs import repository as tariffs
from preau.billing.tariffs.domain import ChargeFacts, PricedLine, price, tariff_on


@dataclass(frozen=True, slots=True)
class Quoted:
    """A charge with its activity and its price; either may be unknown here."""

    charge: ChargeFacts
    activity: ActivityCopy | None
    priced: PricedLine | None


async def quote(session: AsyncSession, family: Family, charges: Sequence[ChargeFacts]) -> list[Quoted]:
    """Price charges in the order given."""
    wanted: set[UUID] = {charge.activity_id for charge in charges}
    activities = await copies.activities(session, wanted)
    grids = await tariffs.in_force(session, wanted)
    facts = family.facts
    quoted: list[Quoted] = []
    for charge in charges:
        tariff = tariff_on(grids.get(charge.activity_id, []), charge.service_date)
        priced = price(charge, tariff, facts) if tariff else None
        quoted.append(Quoted(charge, activities.get(charge.activity_id), priced))
    return quoted
