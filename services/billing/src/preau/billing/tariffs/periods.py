"""What each child of a family is to prices, by period: nothing that a price depends on changes within one."""

from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from typing import Any, Literal
from uuid import UUID

from preau.billing.copies.families import FamilyRecord
from preau.billing.tariffs.definition import Highest, QuotientPolicy
from preau.billing.tariffs.facts import ADULT, ChildFacts, FamilyFacts, birthday, facts_of, rank_of
from preau.billing.tariffs.quotients import begins, counts_from, quotient_on

ALWAYS, NEVER = date.min, date.max
"""The ends of what has none; PostgreSQL's infinities."""

_COUNTS: tuple[Literal["its_day", "next_month"], ...] = ("its_day", "next_month")
WAYS = tuple(
    QuotientPolicy(counts=counts, retroactive=retroactive, missing=Highest(kind="highest"))
    for retroactive in (True, False)
    for counts in _COUNTS
)
"""The ways in which a quotient may count; a period holds the quotient by each."""


def way_of(policy: QuotientPolicy) -> int:
    """The place of a tariff's policy among `WAYS`."""
    return next(
        at
        for at, way in enumerate(WAYS)
        if (way.counts, way.retroactive) == (policy.counts, policy.retroactive)
    )


@dataclass(frozen=True, slots=True)
class ChildPeriod:
    """From ``valid_from`` (included) to ``valid_to`` (excluded); ``quotients`` in cents, by `WAYS`."""

    child_id: UUID
    valid_from: date
    valid_to: date
    name: str
    residency: str
    category: str
    counts: bool
    rank: int
    children: int
    quotients: tuple[int | None, ...]


def periods_of(record: FamilyRecord) -> list[ChildPeriod]:
    """The periods of all children, as long as can be."""
    family = facts_of(record)
    days = sorted(_changes(family))
    return [
        period
        for child in family.children
        for period in _joined(
            [
                _period(family, child, record.child_name(child.child_id), begin, end)
                for begin, end in pairwise([*days, NEVER])
            ]
        )
    ]


def _changes(family: FamilyFacts) -> set[date]:
    """The days on which something that a price depends on may change."""
    days: set[date | None] = {ALWAYS}
    days |= {day for period in family.residencies for day in (period.effective_from, period.effective_to)}
    for child in family.children:
        days |= {child.birth_date, birthday(child.birth_date, ADULT), child.counts_from, child.counts_to}
        days |= {day for period in child.categories for day in (period.effective_from, period.effective_to)}
    for quotient in family.quotients:
        days |= {counts_from(quotient, way) for way in WAYS}
        if quotient.effective_to is not None:
            days |= {begins(quotient.effective_to, way) for way in WAYS}
    return {day for day in days if day is not None and day != NEVER}


def _period(family: FamilyFacts, child: ChildFacts, name: str, begin: date, end: date) -> ChildPeriod:
    siblings = family.siblings_on(begin)
    quotients = (quotient_on(family, way, begin) for way in WAYS)
    return ChildPeriod(
        child_id=child.child_id,
        valid_from=begin,
        valid_to=end,
        name=name,
        residency=family.residency_on(begin),
        category=family.category_of(child.child_id, begin),
        counts=child.counts_on(begin),
        rank=rank_of(child.child_id, siblings),
        children=max(1, len(siblings)),
        quotients=tuple(None if each is None else int(each * 100) for each in quotients),
    )


def _joined(periods: list[ChildPeriod]) -> list[ChildPeriod]:
    """Periods that follow each other and say the same, as one."""
    joined: list[ChildPeriod] = []
    for period in periods:
        if joined and _says(joined[-1]) == _says(period):
            joined[-1] = replace(joined[-1], valid_to=period.valid_to)
        else:
            joined.append(period)
    return joined


def _says(period: ChildPeriod) -> tuple[Any, ...]:
    return (
        period.residency,
        period.category,
        period.counts,
        period.rank,
        period.children,
        period.quotients,
    )
