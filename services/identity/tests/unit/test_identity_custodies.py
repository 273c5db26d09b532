"""Custody between two families, without a database: who is told what, who has the child when."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from preau.contracts.custody import CustodyDates
from preau.identity.families.custodies import (
    CustodyEntry,
    faults,
    named,
    only_its_own,
    preview,
    span,
    told,
)
from preau.identity.families.dated import held_on, with_ends
from preau.identity.families.domain import (
    ChildRecord,
    FamilyRecord,
    PostalAddress,
    SharedChild,
    as_event,
    as_seen_by,
    others_to_tell,
)

HOME, OTHERS = UUID(int=1), (UUID(int=2), UUID(int=3))
TODAY = date(2026, 3, 10)
DAYS = st.dates(date(2025, 1, 1), date(2028, 1, 1))


@st.composite
def entries(draw: st.DrawFn) -> CustodyEntry:
    """A custody that may be entered, whichever its kind."""
    kind = draw(st.sampled_from(["none", "weeks", "weekdays", "dates", "share"]))
    first, days = draw(DAYS), draw(st.integers(0, 60))
    dates = CustodyDates(first_day=first, last_day=first + timedelta(days=days), side="other")
    return only_its_own(
        CustodyEntry(
            kind=kind,
            family_id=draw(st.sampled_from(OTHERS)),
            weeks=draw(st.sampled_from(["even", "odd"])),
            changes_on=draw(st.integers(1, 7)),
            weekdays=tuple(draw(st.lists(st.integers(1, 7), min_size=1, max_size=5))),
            percent=draw(st.integers(1, 99)),
            dates=(dates,),
            effective_from=draw(st.none() | DAYS),
        )
    )


def by_day(custodies: list[CustodyEntry]) -> tuple[CustodyEntry, ...]:
    return with_ends({each.first_day: each for each in custodies}.values())


HISTORIES = st.lists(entries(), max_size=5).map(by_day)


def child(history: tuple[CustodyEntry, ...], **facts: object) -> ChildRecord:
    zoe = ChildRecord(
        UUID(int=9), "Zoé", "Lefèvre", date(2018, 5, 4), "", "", "elementary", "", custodies=history
    )
    return replace(zoe, **facts)


def record(family_id: UUID, *children: ChildRecord, shared: tuple[SharedChild, ...] = ()) -> FamilyRecord:
    return FamilyRecord(
        family_id,
        UUID(int=8),
        1,
        "Famille Lefèvre",
        "active",
        "resident",
        PostalAddress(),
        (),
        children,
        (),
        shared_children=shared,
    )


@given(HISTORIES, HISTORIES)
def test_every_family_whose_event_would_change_is_told_and_no_other(before, after) -> None:
    def says(history: tuple[CustodyEntry, ...], family_id: UUID) -> object:
        """What the event of the family has, made of the record that it reads itself."""
        shared = (SharedChild(child(history), HOME, ""),) if family_id in named([history]) else ()
        return as_event(record(family_id, shared=shared)).shared_children

    expected = [each for each in OTHERS if says(before, each) != says(after, each)]
    assert others_to_tell(record(HOME, child(before)), record(HOME, child(after))) == expected


@given(HISTORIES, st.none() | DAYS, st.none() | DAYS, DAYS)
def test_a_child_counts_where_it_is_shared_within_both_bounds(history, begins, ends, day) -> None:
    zoe = child(history, counts_from=begins, counts_to=ends)
    for family_id in named([history]):
        (seen,) = as_event(record(family_id, shared=(SharedChild(zoe, HOME, ""),))).shared_children
        first, end = span(history, family_id)

        def within(low: date | None, high: date | None) -> bool:
            return (low or date.min) <= day < (high or date.max)

        assert within(seen.counts_from, seen.counts_to) == (within(begins, ends) and within(first, end))
        if any(each.family_id == family_id for each in [held_on(history, day)] if each):
            assert within(first, end)


@given(HISTORIES, entries(), st.just(date.min) | DAYS)
def test_a_preview_is_what_the_history_would_say_once_entered(history, draft, first_day) -> None:
    entry = replace(draft, effective_from=None if first_day == date.min else first_day)
    entered = by_day([*history, entry])
    days = preview(history, draft, first_day, TODAY)
    assert len(days) == 35
    assert days[0].day.isoweekday() == 1
    assert days[0].day <= max(first_day, TODAY) <= days[6].day
    for each in days:
        held = held_on(entered, each.day)
        percent = told(held).other_percent(each.day) if held else 0
        assert (each.percent, each.family_id) == (percent, held.family_id if percent and held else None)


@given(entries())
def test_what_may_be_entered_has_no_fault_after_a_custody(draft) -> None:
    """But for dates that end later than in three years, and no end of what did not begin."""
    before = with_ends([CustodyEntry(kind="share", family_id=OTHERS[0], percent=50)])
    assert faults(draft, before, HOME, date(2026, 9, 1), date(2026, 1, 1)) == {}
    assert ("kind" in faults(draft, (), HOME, date(2026, 9, 1), TODAY)) == (draft.kind == "none")


@given(HISTORIES)
def test_parents_get_no_id_of_another_family_and_their_own_days_alone(history) -> None:
    family_id = OTHERS[0]
    shared = (SharedChild(child(history), HOME, "Famille Lefèvre"),)
    seen = as_seen_by(record(family_id, child(history), shared=shared), UUID(int=4))
    assert named([each.custodies for each in seen.children]) == frozenset()
    (zoe,) = seen.shared_children
    assert (zoe.first_name, zoe.last_name, zoe.home_family_id, zoe.home_family_label) == ("Zoé", "", None, "")
    assert len(zoe.custodies) == sum(each.family_id == family_id for each in history)
