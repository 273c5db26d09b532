"""A family by period says on every day what its record says on that day."""

from datetime import date, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from preau.billing.copies.families import FamilyRecord
from preau.billing.tariffs.definition import QuotientPolicy
from preau.billing.tariffs.facts import facts_of, rank_of
from preau.billing.tariffs.periods import NEVER, WAYS, periods_of
from preau.billing.tariffs.quotients import quotient_on
from preau.contracts.identity import Child, FamilyUpdatedV1, Guardian, Quotient, ResidencyPeriod, Schooling

YEAR = date(2026, 1, 1)
DAYS = st.integers(0, 364).map(lambda days: YEAR + timedelta(days=days))
PERHAPS = st.none() | DAYS


def born(age: int) -> st.SearchStrategy[date]:
    return st.integers(0, 364).map(lambda days: date(2026 - age, 1, 1) + timedelta(days=days))


def periods(dates: list[date]) -> list[tuple[date | None, date | None]]:
    """Since always to the first day, from each to the next, and from the last on."""
    ordered = sorted(set(dates))
    return list(zip([None, *ordered], [*ordered, None], strict=True))


@st.composite
def families(draw: st.DrawFn) -> FamilyUpdatedV1:
    def schoolings() -> tuple[Schooling, ...]:
        return tuple(
            Schooling(
                level=draw(st.sampled_from(["nursery", "elementary"])),
                category=draw(st.sampled_from(["", "pai"])),
                effective_from=begin,
                effective_to=end,
            )
            for begin, end in periods(draw(st.lists(DAYS, max_size=2)))
        )

    children = tuple(
        Child(
            child_id=UUID(int=number),
            first_name="Zoé",
            last_name="Martin",
            birth_date=draw(st.sampled_from([0, 7, 9, 18]).flatmap(born)),
            schoolings=schoolings(),
            counts_from=draw(PERHAPS),
            counts_to=draw(PERHAPS),
        )
        for number in range(1, draw(st.integers(1, 3)) + 1)
    )
    entered = [(begin, end) for begin, end in periods(draw(st.lists(DAYS, max_size=3))) if begin]
    quotients = tuple(
        Quotient(
            value=value // 100,
            cents=value,
            effective_from=begin,
            effective_to=end,
            recorded_on=draw(PERHAPS),
        )
        for begin, end in entered
        for value in [draw(st.integers(0, 200_000))]
    )
    residencies = tuple(
        ResidencyPeriod(
            residency=draw(st.sampled_from(["resident", "non_resident"])),
            effective_from=begin,
            effective_to=end,
        )
        for begin, end in periods(draw(st.lists(DAYS, max_size=2)))
    )
    return FamilyUpdatedV1(
        commune_id=UUID(int=90),
        aggregate_id=UUID(int=91),
        aggregate_version=1,
        label="Famille Martin",
        guardians=(Guardian(guardian_id=UUID(int=92), first_name="Léa", last_name="Martin"),),
        children=children,
        quotients=quotients,
        residencies=residencies,
    )


@given(event=families(), days=st.lists(DAYS, min_size=1, max_size=8))
@settings(max_examples=150)
def test_a_period_says_what_the_record_says(event: FamilyUpdatedV1, days: list[date]):
    record = FamilyRecord(event.model_dump(mode="json"))
    family, known = facts_of(record), periods_of(record)
    for child in family.children:
        own = [period for period in known if period.child_id == child.child_id]
        assert own[0].valid_from == date.min and own[-1].valid_to == NEVER
        assert all(one.valid_to == other.valid_from for one, other in pairwise(own))
        for day in days:
            (period,) = [each for each in own if each.valid_from <= day < each.valid_to]
            siblings = family.siblings_on(day)
            assert period.residency == family.residency_on(day)
            assert period.category == family.category_of(child.child_id, day)
            assert period.counts == (child.child_id in siblings)
            assert (period.rank, period.children) == (
                rank_of(child.child_id, siblings),
                max(1, len(siblings)),
            )
            quotients = [quotient_on(family, way, day) for way in WAYS]
            assert list(period.quotients) == [None if each is None else int(each * 100) for each in quotients]


def on(quotients: list[dict[str, Any]], day: date, **policy: Any) -> int | None:
    event = FamilyUpdatedV1(
        commune_id=UUID(int=90),
        aggregate_id=UUID(int=91),
        aggregate_version=1,
        label="Famille",
        guardians=(),
        children=(),
        quotients=tuple(Quotient(**each) for each in quotients),
    )
    family = facts_of(FamilyRecord(event.model_dump(mode="json")))
    value = quotient_on(family, QuotientPolicy(**policy), day)
    return None if value is None else int(value)


FIRST = {"value": 300, "effective_from": date(2026, 1, 1), "effective_to": date(2026, 3, 10)}
SECOND = {"value": 900, "effective_from": date(2026, 3, 10), "recorded_on": date(2026, 4, 20)}


def test_a_quotient_counts_as_the_tariff_says():
    both = [FIRST, SECOND]
    assert [on(both, date(2026, 3, day)) for day in (9, 10)] == [300, 900]
    later = {"counts": "next_month"}
    assert [on(both, day, **later) for day in (date(2026, 3, 31), date(2026, 4, 1))] == [300, 900]
    known = {"retroactive": False}
    assert [on(both, date(2026, 4, day), **known) for day in (19, 20)] == [300, 900]
    assert [on(both, day, **known, **later) for day in (date(2026, 4, 30), date(2026, 5, 1))] == [300, 900]
    assert on(both, date(2025, 12, 31)) is None


def test_a_quotient_that_ended_without_another_counts_no_more():
    assert [on([FIRST], date(2026, 3, day)) for day in (9, 10)] == [300, None]
