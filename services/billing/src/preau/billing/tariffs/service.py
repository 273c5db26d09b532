"""Pricing charges by the tariffs and the activities as they stand now."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from preau.billing.copies import repository as copies
from preau.billing.copies.families import FamilyRecord
from preau.billing.copies.tables import ActivityCopy
from preau.billing.tariffs import repository
from preau.billing.tariffs.domain import Price
from preau.billing.tariffs.facts import ChargeFacts, facts_of


@dataclass(frozen=True, slots=True)
class PricedCharge:
    """A charge with its activity and its price; either may be unknown here."""

    charge: ChargeFacts
    activity: ActivityCopy | None
    price: Price | None


async def price_charges(
    session: AsyncSession, family: FamilyRecord, charges: Sequence[ChargeFacts]
) -> list[PricedCharge]:
    """Price charges in the order given."""
    activity_ids: set[UUID] = {charge.activity_id for charge in charges}
    activities = await copies.activities(session, activity_ids)
    prices = await repository.price_list(session, activity_ids)
    facts = facts_of(family)
    return [
        PricedCharge(charge, activities.get(charge.activity_id), prices.price(charge, facts))
        for charge in charges
    ]
