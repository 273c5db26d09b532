from datetime import date
from itertools import pairwise
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from preau.identity.demo.people import FAMILIES, fixed_id
from preau.identity.families.domain import (
    FamilyRecord,
    GuardianRecord,
    PostalAddress,
    as_event,
    as_seen_by,
    plain,
    search_key,
    with_ends,
)

ANNE, BRUNO = UUID(int=1), UUID(int=2)


def record() -> FamilyRecord:
    guardians = tuple(
        GuardianRecord(person, "", name, "Lefèvre", f"{name}@x.example", "06 00 00 00 00", False, True)
        for person, name in ((ANNE, "Anne"), (BRUNO, "Bruno"))
    )
    quotients = with_ends([(612, date(2026, 1, 1))])
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
    entries = with_ends([(700, date(2026, 9, 1)), (612, date(2026, 1, 1))])
    assert [(e.value, e.effective_from, e.effective_to) for e in entries] == [
        (612, date(2026, 1, 1), date(2026, 9, 1)),
        (700, date(2026, 9, 1), None),
    ]
    assert with_ends([]) == ()


@given(st.lists(st.tuples(st.integers(0, 9999), st.dates()), unique_by=lambda entry: entry[1]))
def test_quotients_leave_no_gap_and_never_overlap(entries: list[tuple[int, date]]) -> None:
    ordered = with_ends(entries)
    assert len(ordered) == len(entries)
    assert all(a.effective_to == b.effective_from for a, b in pairwise(ordered))
    assert not ordered or ordered[-1].effective_to is None


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
    assert event.quotients[0].value == 612


def test_the_demonstrations_ids_are_all_different() -> None:
    ids = [
        *(family.new.family_id for family in FAMILIES),
        *(person.guardian_id for family in FAMILIES for person in family.new.guardians),
        *(child.child_id for family in FAMILIES for child in family.new.children),
    ]
    assert len(ids) == len(set(ids))
    assert fixed_id(1, 12) == UUID("01900000-0000-7000-8000-000000000112")
