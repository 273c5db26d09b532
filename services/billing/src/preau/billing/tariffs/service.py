"""Pricing charges by the tariffs and the activities as they stand now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from preau.billing.copies import repository as copies
from preau.billing.copies.families import FamilyRecord
from preau.billing.copies.tables import ActivityCopy
from preau.billing.tariffs import repository
from preau.billing.tariffs.domain import Price, PriceList
from preau.billing.tariffs.facts import ChargeFacts, facts_of

Known = TypeVar("Known")
"""What the caller needs of an activity."""


@dataclass(frozen=True, slots=True)
class PricedCharge(Generic[Known]):
    """A charge with its activity and its price; either may be unknown here."""

    charge: ChargeFacts
    activity: Known | None
    price: Price | None


async def price_charges(
    session: AsyncSession, family: FamilyRecord, charges: Sequence[ChargeFacts]
) -> list[PricedCharge[ActivityCopy]]:
    """Price charges in the order given."""
    activity_ids: set[UUID] = {charge.activity_id for charge in charges}
    activities = await copies.activities(session, activity_ids)
    return priced(charges, activities, await repository.price_list(session, activity_ids), family)


def priced(
    charges: Sequence[ChargeFacts],
    activities: Mapping[UUID, Known],
    prices: PriceList,
    family: FamilyRecord,
) -> list[PricedCharge[Known]]:
    """The charges in the order given, each with its price."""
    facts = facts_of(family)
    return [
        PricedCharge(charge, activities.get(charge.activity_id), prices.price(charge, facts))
        for charge in charges
    ]
