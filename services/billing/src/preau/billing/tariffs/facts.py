"""What a price depends on: the act that is priced, and the family as it stood on the day of the service."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from typing import Literal, NamedTuple
from uuid import UUID

from preau.billing.copies.families import FamilyRecord
from preau.contracts.identity import Child, FamilyUpdatedV1, Quotient

Regularity = Literal["regular", "occasional"]
Booked = Literal["planned", "late", "unbooked"]

ADULT = 18
"""The age from which a child no longer counts among the siblings."""


class PriceFacts(NamedTuple):
    """All that one price depends on besides its tariff: equal facts have the same price.

    ``quotient`` in euros, as it counts on the day by the tariff's policy; ``rank`` 1 is the eldest;
    ``present`` is unknown before the roll is marked; ``arrived`` and ``left`` are civil times;
    ``first_of_month`` tells whether the child has nothing earlier of the activity in the month;
    ``share_percent`` is how much of an absence's price is due, and ``reason`` says why; ``payer_percent`` how
    much of the child's day the family pays by its custody.
    """

    quotient: Decimal | None = None
    residency: str = "resident"
    category: str = "elementary"
    rank: int = 1
    children: int = 1
    variant: str = ""
    regularity: Regularity = "regular"
    booked: Booked = "planned"
    present: bool | None = None
    also_booked: frozenset[UUID] = frozenset()
    units: int = 1
    arrived: time | None = None
    left: time | None = None
    first_of_month: bool = True
    share_percent: int = 100
    reason: str = ""
    payer_percent: int = 100


@dataclass(frozen=True, slots=True)
class ChargeFacts:
    """What is priced: some units of an activity for a child on a day, and how they came about."""

    child_id: UUID
    activity_id: UUID
    service_date: date
    units: int = 1
    variant: str = ""
    regularity: Regularity = "regular"
    booked: Booked = "planned"
    present: bool | None = None
    also_booked: frozenset[UUID] = frozenset()
    arrived: time | None = None
    left: time | None = None
    first_of_month: bool = True
    share_percent: int = 100
    reason: str = ""
    payer_percent: int = 100


@dataclass(frozen=True, slots=True)
class QuotientFacts:
    """A quotient in euros, from its date of effect (included); ``recorded_on`` is when it was entered."""

    value: Decimal
    effective_from: date
    effective_to: date | None = None
    recorded_on: date | None = None


class Period(NamedTuple):
    """Something that holds from a day (included, ``None``: always) to another (excluded, ``None``: still)."""

    value: str
    effective_from: date | None = None
    effective_to: date | None = None

    def holds_on(self, day: date) -> bool:
        begun = self.effective_from is None or self.effective_from <= day
        return begun and (self.effective_to is None or day < self.effective_to)


@dataclass(frozen=True, slots=True)
class ChildFacts:
    """A child of the family: its categories by date, and between which days it counts as a sibling."""

    child_id: UUID
    birth_date: date
    categories: tuple[Period, ...] = (Period("elementary"),)
    counts_from: date | None = None
    counts_to: date | None = None

    def counts_on(self, day: date) -> bool:
        """Whether the child is one of the siblings: born, not of age, and not left out by an agent."""
        begun = self.counts_from is None or self.counts_from <= day
        ended = self.counts_to is not None and self.counts_to <= day
        return begun and not ended and self.birth_date <= day < birthday(self.birth_date, ADULT)


@dataclass(frozen=True, slots=True)
class FamilyFacts:
    """What a price may depend on in a family. ``children`` are the eldest first.

    ``enrolled`` are the children with something booked at an activity in a month (its first day).
    """

    residencies: tuple[Period, ...] = (Period("resident"),)
    children: tuple[ChildFacts, ...] = ()
    quotients: tuple[QuotientFacts, ...] = ()
    enrolled: frozenset[tuple[UUID, UUID, date]] = frozenset()

    def residency_on(self, day: date) -> str:
        return held_on(self.residencies, day) or "resident"

    def category_of(self, child_id: UUID, day: date) -> str:
        child = next((child for child in self.children if child.child_id == child_id), None)
        return (child and held_on(child.categories, day)) or "elementary"

    def siblings_on(self, day: date) -> tuple[UUID, ...]:
        """The children that count, the eldest first."""
        return tuple(child.child_id for child in self.children if child.counts_on(day))

    def enrolled_on(self, activity_id: UUID, day: date) -> tuple[UUID, ...]:
        """Those of them with something booked at the activity in the month of the day."""
        month = day.replace(day=1)
        return tuple(child for child in self.siblings_on(day) if (child, activity_id, month) in self.enrolled)


def held_on(periods: Sequence[Period], day: date) -> str | None:
    """What holds on a day, the latest if several do; ``None`` if nothing does."""
    holding = [period for period in periods if period.holds_on(day)]
    return holding[-1].value if holding else None


def rank_of(child_id: UUID, siblings: Sequence[UUID]) -> int:
    """1 for the eldest; a child that is not among them counts as the eldest."""
    return siblings.index(child_id) + 1 if child_id in siblings else 1


def birthday(birth_date: date, age: int) -> date:
    """The day on which one is of an age; who was born on 29 February, on 1 March."""
    if birth_date.year + age > date.max.year:
        return date.max
    try:
        return birth_date.replace(year=birth_date.year + age)
    except ValueError:
        return date(birth_date.year + age, 3, 1)


def facts_of(family: FamilyRecord, enrolled: Iterable[tuple[UUID, UUID, date]] = ()) -> FamilyFacts:
    """What prices may depend on in a family's record; twins rank by their ids."""
    eldest_first = sorted(family.children(), key=lambda child: (child.birth_date, child.child_id))
    return FamilyFacts(
        residencies=_residencies(family.event),
        children=tuple(map(_child, eldest_first)),
        quotients=tuple(map(_quotient, family.event.quotients)),
        enrolled=frozenset(enrolled),
    )


def _residencies(event: FamilyUpdatedV1) -> tuple[Period, ...]:
    periods = tuple(
        Period(each.residency, each.effective_from, each.effective_to) for each in event.residencies
    )
    return periods or (Period(event.residency),)


def _child(child: Child) -> ChildFacts:
    """A child's category is one of the commune's own, else its level."""
    categories = tuple(
        Period(each.category or each.level, each.effective_from, each.effective_to)
        for each in child.schoolings
    )
    return ChildFacts(
        child_id=child.child_id,
        birth_date=child.birth_date,
        categories=categories or (Period(child.category or child.level),),
        counts_from=child.counts_from,
        counts_to=child.counts_to,
    )


def _quotient(quotient: Quotient) -> QuotientFacts:
    exact = Decimal(quotient.value) if quotient.cents is None else Decimal(quotient.cents) / 100
    return QuotientFacts(exact, quotient.effective_from, quotient.effective_to, quotient.recorded_on)
