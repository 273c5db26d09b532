from dataclasses import replace
from datetime import date
from itertools import pairwise
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from preau.identity.communes.domain import RESIDENT
from preau.identity.demo.people import FAMILIES, fixed_id
from preau.identity.families.dated import FROM_TODAY, Effect, held_on, with_ends
from preau.identity.families.domain import (
    ChildRecord,
    FamilyRecord,
    GuardianRecord,
    PayerEntry,
    PostalAddress,
    QuotientEntry,
    ResidencyEntry,
    SchoolingEntry,
    as_event,
    as_on,
    as_seen_by,
    plain,
    search_key,
)

ANNE, BRUNO = UUID(int=1), UUID(int=2)


def record() -> FamilyRecord:
    guardians = tuple(
        GuardianRecord(person, "", name, "Lefèvre", f"{name}@x.example", "06 00 00 00 00", False, True)
        for person, name in ((ANNE, "Anne"), (BRUNO, "Bruno"))
    )
    quotients = with_ends([QuotientEntry(61200, effective_from=date(2026, 1, 1))])
    return FamilyRecord(
        UUID(int=9),
        UUID(int=8),
        3,
        "Famille Lefèvre",
        "active",
        "resident",
        PostalAddress(),
        guardians,
        (),
        quotients,
    )


def test_a_quotient_ends_where_the_next_begins() -> None:
    entries = with_ends(
        [
            QuotientEntry(70050, effective_from=date(2026, 9, 1)),
            QuotientEntry(61299, effective_from=date(2026, 1, 1)),
        ]
    )
    assert [(e.value, e.effective_from, e.effective_to) for e in entries] == [
        (612, date(2026, 1, 1), date(2026, 9, 1)),
        (700, date(2026, 9, 1), None),
    ]
    assert with_ends([]) == ()


DAYS = st.dates(date(2020, 1, 1), date(2030, 1, 1))


@given(st.sets(DAYS), DAYS)
def test_a_history_leaves_no_gap_and_never_overlaps(beginnings: set[date], day: date) -> None:
    """What holds on a day is found by its date, and is one: of the latest beginnings up to it."""
    always = ResidencyEntry("resident")
    history = with_ends([always, *(ResidencyEntry("resident", effective_from=each) for each in beginnings)])
    assert len(history) == len(beginnings) + 1
    assert all(a.effective_to == b.effective_from for a, b in pairwise(history))
    assert (history[0].effective_from, history[-1].effective_to) == (None, None)
    held = [entry for entry in history if entry.holds_on(day)]
    assert [entry.effective_from for entry in held] == [
        max((each for each in beginnings if each <= day), default=None)
    ]
    assert held_on(history, day) is held[0]
    assert held_on(history, date.min) is history[0]


def test_nothing_holds_before_the_first_quotient() -> None:
    (only,) = with_ends([QuotientEntry(61200, effective_from=date(2026, 1, 1))])
    assert held_on((only,), date(2025, 12, 31)) is None
    assert held_on((only,), date(2026, 1, 1)) is only


def test_the_record_of_a_day_has_what_its_histories_say_of_it() -> None:
    """On the last day of the old and on the first day of the new."""
    september = date(2026, 9, 1)
    child = ChildRecord(
        UUID(int=5),
        "Zoé",
        "Lefèvre",
        date(2020, 3, 4),
        "",
        "",
        "elementary",
        "",
        schoolings=with_ends(
            [
                SchoolingEntry("Les Lilas", "GS", "nursery"),
                SchoolingEntry("Jules-Ferry", "CP", "elementary", "pai", effective_from=september),
            ]
        ),
    )
    dated = replace(
        record(),
        children=(child,),
        residencies=with_ends(
            [ResidencyEntry("non_resident"), ResidencyEntry("resident", effective_from=september)]
        ),
        payers=with_ends([PayerEntry(ANNE), PayerEntry(BRUNO, effective_from=september)]),
    )

    def told(day: date) -> tuple[object, ...]:
        stands = as_on(dated, day, {RESIDENT})
        (zoe,) = stands.children
        payers = [person.guardian_id for person in stands.guardians if person.is_payer]
        return stands.residency, payers, zoe.school, zoe.class_name, zoe.level, zoe.category

    before = ("non_resident", [ANNE], "Les Lilas", "GS", "nursery", "")
    assert told(date(2026, 8, 31)) == before == told(date.min)
    assert told(september) == ("resident", [BRUNO], "Jules-Ferry", "CP", "elementary", "pai")


def test_a_record_without_histories_stays_as_it_is() -> None:
    assert as_on(record(), date(2026, 1, 1), {RESIDENT}) == record()


def test_a_change_holds_from_the_day_given_else_from_today_or_since_always() -> None:
    today = date(2026, 3, 4)
    assert FROM_TODAY.first_day(today) == today
    assert Effect(date(2026, 9, 1)).first_day(today) == date(2026, 9, 1)
    assert Effect(since_always=True).first_day(today) == date.min


def test_the_other_guardians_contact_details_are_hidden() -> None:
    anne, bruno = as_seen_by(record(), ANNE).guardians
    assert (anne.email, anne.phone, anne.contact_hidden) == ("Anne@x.example", "06 00 00 00 00", False)
    assert (bruno.first_name, bruno.email, bruno.phone, bruno.contact_hidden) == ("Bruno", "", "", True)


def test_search_ignores_accents_case_and_hyphens() -> None:
    assert plain("  Élodie  O’Connor-LEFÈVRE œuf ") == "elodie o’connor lefevre oeuf"
    assert "bruno lefevre bruno@x.example" in search_key(record())


def test_the_event_carries_the_whole_record() -> None:
    event = as_event(record())
    assert (event.aggregate_id, event.aggregate_version, event.label) == (UUID(int=9), 3, "Famille Lefèvre")
    assert [g.guardian_id for g in event.guardians] == [ANNE, BRUNO]
    assert (event.quotients[0].value, event.quotients[0].cents) == (612, 61200)


def test_the_demonstrations_ids_are_all_different() -> None:
    ids = [
        *(family.new.family_id for family in FAMILIES),
        *(person.guardian_id for family in FAMILIES for person in family.new.guardians),
        *(child.child_id for family in FAMILIES for child in family.new.children),
    ]
    assert len(ids) == len(set(ids))
    assert fixed_id(1, 12) == UUID("01900000-0000-7000-8000-000000000112")
