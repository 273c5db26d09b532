"""Pricing charges by the tariffs and activities as they stand now, and telling which days have a tariff."""

from collections.abc import Collection, Mapping, Sequence
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
from preau.billing.tariffs.occasions import Occasion, among, enrolled, occasion_of
from preau.billing.tariffs.supplements import asked_once
from preau.common.messaging.outbox import emit
from preau.contracts.billing import TariffUpdatedV1

Known = TypeVar("Known")
"""What the caller needs of an activity."""


@dataclass(frozen=True, slots=True)
class PricedCharge(Generic[Known]):
    """A charge with its activity and its price; either may be unknown here."""

    charge: ChargeFacts
    activity: Known | None
    price: Price | None


async def publish(session: AsyncSession, commune_id: UUID, activity_id: UUID) -> None:
    """Tell the other services since when the activity has a tariff, once one was stated."""
    version, first_day = await repository.statements(session, activity_id)
    await emit(
        session,
        TariffUpdatedV1(
            commune_id=commune_id, aggregate_id=activity_id, aggregate_version=version, first_day=first_day
        ),
    )


async def price_charges(
    session: AsyncSession,
    family: FamilyRecord,
    charges: Sequence[ChargeFacts],
    booked: Collection[Occasion],
) -> list[PricedCharge[ActivityCopy]]:
    """Price charges in the order given; the family has ``booked`` the rest before."""
    activity_ids: set[UUID] = {charge.activity_id for charge in charges}
    activities = await copies.activities(session, activity_ids)
    return priced(charges, activities, await repository.price_list(session, activity_ids), family, booked)


def priced(
    charges: Sequence[ChargeFacts],
    activities: Mapping[UUID, Known],
    prices: PriceList,
    family: FamilyRecord,
    booked: Collection[Occasion],
) -> list[PricedCharge[Known]]:
    """The charges in the order given, each with its price."""
    facts = facts_of(family, enrolled([*booked, *map(occasion_of, charges)]))
    known = among(charges, booked)
    made = asked_once((charge, prices.price(charge, facts)) for charge in known)
    return [
        PricedCharge(charge, activities.get(charge.activity_id), price)
        for charge, price in zip(known, made, strict=True)
    ]
