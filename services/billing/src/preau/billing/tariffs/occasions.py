"""What else a family has booked: some prices depend on it."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import NamedTuple
from uuid import UUID

from preau.billing.tariffs.facts import ChargeFacts


class Occasion(NamedTuple):
    """A child at an activity on a day."""

    child_id: UUID
    activity_id: UUID
    service_date: date

    @property
    def in_month(self) -> tuple[UUID, UUID, date]:
        """The child, the activity, and the first day of the month."""
        return self.child_id, self.activity_id, self.service_date.replace(day=1)


def occasion_of(charge: ChargeFacts) -> Occasion:
    return Occasion(charge.child_id, charge.activity_id, charge.service_date)


def among(charges: Sequence[ChargeFacts], booked: Collection[Occasion]) -> list[ChargeFacts]:
    """The charges with what the child has besides, and whether it is the first of its month.

    ``booked`` came before all of them; they follow each other as they are given.
    """
    return list(_among(charges, booked))


def _among(charges: Sequence[ChargeFacts], booked: Collection[Occasion]) -> Iterator[ChargeFacts]:
    by_day: dict[tuple[UUID, date], set[UUID]] = {}
    for occasion in (*booked, *map(occasion_of, charges)):
        by_day.setdefault((occasion.child_id, occasion.service_date), set()).add(occasion.activity_id)
    begun = enrolled(booked)
    for charge in charges:
        own = occasion_of(charge)
        yield replace(
            charge,
            also_booked=frozenset(by_day[own.child_id, own.service_date] - {own.activity_id}),
            first_of_month=own.in_month not in begun,
        )
        begun.add(own.in_month)


def enrolled(occasions: Iterable[Occasion]) -> set[tuple[UUID, UUID, date]]:
    """Which child has something at which activity in which month (its first day)."""
    return {occasion.in_month for occasion in occasions}
