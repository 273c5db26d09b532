"""A child between two families: what an agent sets from a day on, what each family's event then says."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from preau.common.auth.subjects import Membership
from preau.contracts.identity import FamilyUpdatedV1
from preau.identity.demo.people import BEAUVAL, JOLIEVILLE
from preau.identity.families.due import publish_due
from preau.identity.families.effects import apply_moves
from preau.identity.invariants import INVARIANTS
from preau.testing.database_clock import DatabaseClock, moved_clock
from preau.testing.lock_waits import lock_waits

from .records import Record, family

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
"""A Tuesday."""
NAMED = "family_id", "family_label"


@pytest.fixture(scope="module")
async def clock(identity: Any) -> AsyncIterator[DatabaseClock]:
    async with moved_clock(identity.database) as moved:
        yield moved


@pytest.fixture(autouse=True)
async def noon(clock: DatabaseClock) -> None:
    await clock.move_to(NOON)


def weeks(other: Record, day: str | None = "2026-03-01", **more: Any) -> dict[str, Any]:
    """The even weeks at the other's from a day on, None: since always."""
    when = {"since_always": True} if day is None else {"effective_from": day}
    return {"kind": "weeks", "family_id": other.now["family_id"], **when, **more}


def custodies(record: dict[str, Any], *names: str) -> list[tuple[Any, ...]]:
    """Of the first child: kind, the facts named, first day and end."""
    return [
        tuple(entry[name] for name in ("kind", *names, "effective_from", "effective_to"))
        for entry in record["children"][0]["custodies"]
    ]


async def shared(record: Record) -> list[list[str]]:
    """Whom each event of the family says that it shares, by first name."""
    return [[child.first_name for child in event.shared_children] for event in await record.events()]


async def latest(record: Record) -> FamilyUpdatedV1:
    return (await record.events())[-1]


async def read(record: Record) -> dict[str, Any]:
    return await record.done("GET", "")


async def test_both_families_are_told_who_has_the_child_from_a_day_on(identity):
    ours, theirs = await family(identity), await family(identity)
    after = await ours.done("POST", f"{ours.child}/custodies", weeks(theirs, changes_on=5))
    other_id, label = theirs.now["family_id"], theirs.now["label"]
    expected = [("weeks", other_id, label, "even", 5, "2026-03-01", None)]
    assert custodies(after, *NAMED, "weeks", "changes_on") == expected
    assert after == await read(ours)

    home, other = await latest(ours), await latest(theirs)
    (told,) = home.children[0].custodies
    assert (told.kind, str(told.family_id), told.changes_on) == ("weeks", other_id, 5)
    assert (told.effective_from, told.effective_to) == (date(2026, 3, 1), None)
    assert home.shared_children == ()
    (child,) = other.shared_children
    assert child == home.children[0].model_copy(update={"counts_from": date(2026, 3, 1)})
    assert (home.aggregate_version, other.aggregate_version) == (2, 2)

    (seen,) = (await read(theirs))["shared_children"]
    assert (seen["first_name"], seen["home_family_id"]) == ("Zoé", ours.now["family_id"])
    assert (seen["home_family_label"], seen["home_hidden"]) == (ours.now["label"], False)
    assert seen["custodies"] == after["children"][0]["custodies"]
    assert (await read(theirs))["version"] == 2


async def test_a_second_family_and_the_one_left_are_told(identity):
    ours, first, second = [await family(identity) for _ in range(3)]
    where = f"{ours.child}/custodies"
    await ours.done("POST", where, weeks(first, None))
    share = {"kind": "share", "family_id": second.now["family_id"], "percent": 40}
    await ours.done("POST", where, share | {"effective_from": "2026-09-01"})
    after = await ours.done("POST", where, {"kind": "none", "effective_from": "2027-01-01"})
    assert custodies(after, "percent") == [
        ("weeks", 0, None, "2026-09-01"),
        ("share", 40, "2026-09-01", "2027-01-01"),
        ("none", 0, "2027-01-01", None),
    ]
    spans = []
    for each in (first, second):
        (child,) = (await latest(each)).shared_children
        assert len(child.custodies) == 3
        spans.append((child.counts_from, child.counts_to))
    assert spans == [(None, date(2026, 9, 1)), (date(2026, 9, 1), date(2027, 1, 1))]
    correction = weeks(second, None)
    await ours.done("POST", where, correction)
    assert (await latest(first)).shared_children == ()
    assert (await read(first))["shared_children"] == []
    (child,) = (await latest(second)).shared_children
    assert (child.counts_from, child.counts_to) == (None, date(2027, 1, 1))


async def test_the_days_on_which_a_child_counts_are_the_narrower_of_both(identity):
    ours, theirs = await family(identity), await family(identity)
    await ours.done("PATCH", ours.child, {"counts_from": "2026-04-01", "counts_to": "2026-12-01"})
    await ours.done("POST", f"{ours.child}/custodies", weeks(theirs))
    await ours.done("POST", f"{ours.child}/custodies", {"kind": "none", "effective_from": "2026-06-01"})
    (child,) = (await latest(theirs)).shared_children
    assert (child.counts_from, child.counts_to) == (date(2026, 4, 1), date(2026, 6, 1))
    home = (await latest(ours)).children[0]
    assert (home.counts_from, home.counts_to) == (date(2026, 4, 1), date(2026, 12, 1))


async def test_an_entry_is_removed_also_the_one_since_always(identity):
    ours, theirs = await family(identity), await family(identity)
    where = f"{ours.child}/custodies"
    await ours.done("POST", where, weeks(theirs, None))
    await ours.done("POST", where, {"kind": "none", "effective_from": "2026-06-01"})
    await ours.done("DELETE", f"{where}/2026-06-01")
    (child,) = (await latest(theirs)).shared_children
    assert child.counts_to is None
    assert (await ours.ask("DELETE", f"{where}/2026-06-01")).status_code == 404
    assert list(await ours.refused("DELETE", f"{where}/always")) == ["effective_from"]
    after = await ours.done("DELETE", f"{where}/0001-01-01")
    assert custodies(after) == []
    assert await shared(theirs) == [[], ["Zoé"], ["Zoé"], ["Zoé"], []]
    async with identity.database.transaction(JOLIEVILLE) as session:
        for record, actions in (
            (ours, ["custody.removed"] * 2),
            (theirs, ["family.shared_child_changed"] * 4),
        ):
            rows = await session.scalars(
                text("SELECT action FROM audit_log WHERE entity_id = :id ORDER BY recorded_at, id"),
                {"id": UUID(record.now["family_id"])},
            )
            assert rows.all()[-len(actions) :] == actions


CHANGES = [
    ("PATCH", "", {"first_name": "Zoée"}, True),
    ("PATCH", "", {"birth_date": "2018-05-05"}, True),
    ("PATCH", "", {"diet": "Végétarien"}, True),
    ("PATCH", "", {"class_name": "CM1"}, True),
    ("PATCH", "", {"class_name": "CM1", "effective_from": "2026-09-01"}, True),
    ("PATCH", "", {"category": "pai", "since_always": True}, True),
    ("PATCH", "", {"counts_from": "2026-04-01"}, True),
    ("PATCH", "", {"counts_from": "2020-04-01"}, False),  # the custody begins later
    ("DELETE", "/schoolings/2026-10-01", None, True),
]


@pytest.mark.parametrize(("method", "where", "body", "tells"), CHANGES)
async def test_what_changes_of_the_child_is_told_to_the_other_family(identity, method, where, body, tells):
    ours, theirs = await family(identity), await family(identity)
    await ours.done("PATCH", ours.child, {"school": "Les Lilas", "effective_from": "2026-10-01"})
    await ours.done("POST", f"{ours.child}/custodies", weeks(theirs))
    before = await theirs.events()
    await ours.done(method, ours.child + where, body)
    after = await theirs.events()
    assert len(after) == len(before) + tells
    (child,), home = after[-1].shared_children, (await latest(ours)).children[0]
    narrowed = {"counts_from": max(home.counts_from or date.min, date(2026, 3, 1))}
    assert child == home.model_copy(update=narrowed)


async def test_what_does_not_concern_the_other_family_is_not_told_to_it(identity):
    ours, theirs = await family(identity), await family(identity)
    await ours.done("POST", f"{ours.child}/custodies", weeks(theirs))
    before = len(await theirs.events())
    home = len(await ours.events())
    await ours.done("PATCH", "", {"residency": "resident"})
    await ours.done("PATCH", ours.guardians[1], {"is_payer": True})
    await ours.done("POST", "/quotients", {"value": 612, "effective_from": "2026-01-01"})
    body = {"first_name": "Tim", "last_name": "Autre", "birth_date": "2020-01-01"}
    await ours.done("POST", "/children", body)
    assert len(await theirs.events()) == before
    assert len(await ours.events()) == home + 4
    await theirs.done("PATCH", "", {"residency": "resident"})
    assert [child.first_name for child in (await latest(theirs)).shared_children] == ["Zoé"]
    assert len(await ours.events()) == home + 4


async def test_on_the_day_of_a_new_class_the_other_family_is_told(identity, clock):
    ours, theirs = await family(identity), await family(identity)
    await ours.done("POST", f"{ours.child}/custodies", weeks(theirs))
    await ours.done("PATCH", ours.child, {"class_name": "CM1", "effective_from": "2026-09-01"})
    (child,) = (await latest(theirs)).shared_children
    assert child.class_name == "CE2"
    await clock.move_to(datetime(2026, 9, 1, 12, tzinfo=UTC))
    await publish_due(identity.database)
    (child,) = (await latest(theirs)).shared_children
    assert child.class_name == "CM1"
    published = len(await theirs.events())
    await publish_due(identity.database)
    await apply_moves(identity.database)
    assert len(await theirs.events()) == published


async def test_what_begins_today_in_the_other_family_waits_for_its_own_turn(identity, clock):
    ours, theirs = await family(identity), await family(identity)
    await theirs.done("PATCH", "", {"residency": "resident", "effective_from": "2026-09-01"})
    await clock.move_to(datetime(2026, 9, 1, 12, tzinfo=UTC))
    await ours.done("POST", f"{ours.child}/custodies", weeks(theirs))
    await publish_due(identity.database)
    told = (await theirs.events())[-2:]
    assert [event.residency for event in told] == ["non_resident", "resident"]
    assert [len(event.shared_children) for event in told] == [1, 1]


async def test_a_draft_is_shown_day_by_day_and_nothing_kept(identity):
    ours, theirs = await family(identity), await family(identity)
    where = f"{ours.child}/custody/preview"
    draft = weeks(theirs, "2026-03-10")
    answer = await ours.ask("POST", where, draft)
    assert answer.status_code == 200, answer.text
    days = answer.json()["days"]
    assert [day["day"] for day in days] == [str(date(2026, 3, 9) + timedelta(each)) for each in range(35)]
    # the 9th is a Monday of week 11; the draft begins the day after, week 12 is even
    assert [day["percent"] for day in days] == [0] * 7 + [100] * 7 + [0] * 7 + [100] * 7 + [0] * 7
    assert (days[7]["family_id"], days[7]["family_label"]) == (theirs.now["family_id"], theirs.now["label"])
    assert (days[0]["family_id"], days[0]["family_label"]) == (None, "")
    later = (await ours.ask("POST", where, weeks(theirs, "2026-09-03"))).json()["days"]
    assert later[0]["day"] == "2026-08-31"
    assert [day["percent"] for day in later[:7]] == [0, 0, 0, 100, 100, 100, 100]
    assert (await read(ours))["version"] == 1
    assert len(await theirs.events()) == 1


async def test_what_cannot_be_is_refused_by_its_field_and_changes_nothing(identity):
    ours, theirs, closed = [await family(identity) for _ in range(3)]
    elsewhere = await family(identity, BEAUVAL)
    await closed.done("PATCH", "", {"status": "closed"})
    other = {"family_id": theirs.now["family_id"]}

    def between(first: str, last: str, side: str = "other") -> dict[str, str]:
        return {"first_day": first, "last_day": last, "side": side}

    dates = [between("2026-07-01", "2026-07-31"), between("2026-07-31", "2026-08-10", "home")]
    for body, field, message in (
        ({"kind": "weeks"}, "family_id", "Choisissez l’autre famille."),
        (weeks(ours), "family_id", "Choisissez une autre famille que celle de la fiche de l’enfant."),
        (weeks(elsewhere), "family_id", "Cette famille est inconnue dans la commune."),
        (weeks(ours, family_id=str(UUID(int=5))), "family_id", "Cette famille est inconnue dans la commune."),
        (weeks(closed), "family_id", "Cette famille est fermée"),
        ({"kind": "weekdays", **other}, "weekdays", "Cochez au moins un jour"),
        ({"kind": "weekdays", "weekdays": [1, 2, 3, 4, 5, 6, 7], **other}, "weekdays", "Laissez au moins"),
        ({"kind": "weekdays", "weekdays": [8], **other}, "weekdays.0", "La valeur"),
        ({"kind": "share", "percent": 0, **other}, "percent", "Indiquez une part de 1 à 99"),
        ({"kind": "share", "percent": 100, **other}, "percent", "Indiquez une part de 1 à 99"),
        ({"kind": "dates", **other}, "dates", "Indiquez au moins une période"),
        (weeks(theirs, dates=dates), "dates.1.first_day", "Cette période en chevauche une autre."),
        (weeks(theirs, dates=[between("2026-07-02", "2026-07-01")]), "dates.0.last_day", "Le dernier jour"),
        (weeks(theirs, dates=[between("2026-07-02", "2029-03-11")]), "dates.0.last_day", "Une période se"),
        ({"kind": "none", "since_always": True}, "kind", "Avant cette date"),
        ({"kind": "none", "effective_from": "2026-04-01"}, "kind", "Avant cette date"),
        ({"kind": "moon"}, "kind", ""),
        (weeks(theirs, "2026-02-30"), "effective_from", ""),
        (weeks(theirs, weeks="all"), "weeks", ""),
        (weeks(theirs, changes_on=0), "changes_on", ""),
        (weeks(theirs, surprise=1), "surprise", ""),
    ):
        for where in ("custodies", "custody/preview"):
            errors = await ours.refused("POST", f"{ours.child}/{where}", body)
            assert list(errors) == [field], (body, errors)
            assert errors[field].startswith(message), errors
    assert (await ours.ask("POST", f"{theirs.child}/custodies", weeks(theirs))).status_code == 404
    assert (await ours.ask("DELETE", f"{theirs.child}/custodies/0001-01-01")).status_code == 404
    assert (await read(ours))["version"] == 1
    assert (await read(theirs))["version"] == 1


async def test_only_what_the_kind_uses_is_kept_and_what_holds_is_not_entered_again(identity):
    ours, theirs = await family(identity), await family(identity)
    body = {"kind": "weekdays", "weekdays": [5, 3, 3], "percent": 40, "weeks": "odd", "changes_on": 4}
    body |= {"family_id": theirs.now["family_id"], "effective_from": "2026-03-01"}
    after = await ours.done("POST", f"{ours.child}/custodies", body)
    names = ("weekdays", "percent", "weeks", "changes_on")
    assert custodies(after, *names) == [("weekdays", [3, 5], 0, "even", 1, "2026-03-01", None)]
    after = await ours.done("POST", f"{ours.child}/custodies", body | {"effective_from": "2026-04-01"})
    assert len(custodies(after)) == 1


async def test_a_family_that_has_a_child_by_custody_is_not_closed(identity, clock):
    ours, theirs = await family(identity), await family(identity)
    await ours.done("POST", f"{ours.child}/custodies", weeks(theirs, "2026-05-01"))
    for record in (ours, theirs):
        errors = await record.refused("PATCH", "", {"status": "closed"})
        assert list(errors) == ["status"]
        assert errors["status"].startswith("La garde de Zoé ")
    await ours.done("POST", f"{ours.child}/custodies", {"kind": "none", "effective_from": "2026-06-01"})
    await ours.refused("PATCH", "", {"status": "closed"})
    await clock.move_to(datetime(2026, 6, 1, 12, tzinfo=UTC))
    for record in (theirs, ours):
        assert (await record.done("PATCH", "", {"status": "closed"}))["status"] == "closed"
    errors = await ours.refused("POST", f"{ours.child}/custodies", weeks(theirs))
    assert set(errors) == {"kind", "family_id"}


async def test_of_two_who_saw_the_same_record_the_second_is_told(identity):
    ours, theirs = await family(identity), await family(identity)
    where = f"{ours.child}/custodies"
    answers = await asyncio.gather(
        ours.ask("POST", where, weeks(theirs), seen=1),
        ours.ask("POST", where, weeks(theirs, weeks="odd"), seen=1),
    )
    assert sorted(answer.status_code for answer in answers) == [201, 409]
    assert (await ours.ask("DELETE", f"{where}/2026-03-01", seen=1)).status_code == 409
    assert (await theirs.ask("PATCH", "", {"residency": "resident"}, seen=1)).status_code == 409


async def test_two_agents_at_once_on_the_two_families_wait_and_lose_nothing(identity):
    """Seen to fail when each locks its own family first: they wait in a circle."""
    ours, theirs = await family(identity), await family(identity)
    await ours.done("POST", f"{ours.child}/custodies", weeks(theirs))
    await theirs.done("POST", f"{theirs.child}/custodies", weeks(ours))
    answers = await asyncio.gather(
        *(
            record.ask("PATCH", record.child, {"diet": f"Menu {rank}"})
            for rank in range(8)
            for record in (ours, theirs)
        )
    )
    assert {answer.status_code for answer in answers} == {200}
    for record, other in ((ours, theirs), (theirs, ours)):
        events = await record.events()
        assert [event.aggregate_version for event in events] == list(range(1, len(events) + 1))
        (child,) = events[-1].shared_children
        assert child.diet == (await latest(other)).children[0].diet


async def test_who_waited_for_a_custody_to_be_set_takes_its_turn_anew(identity):
    """Seen to fail without the second look at whom custodies name: two wait in a circle.

    The change of our child waits for our row alone, before a custody of it names the other family; that of
    their child has their row first and then waits for ours.
    """
    theirs, ours = await family(identity), await family(identity)
    await theirs.done("POST", f"{theirs.child}/custodies", weeks(ours))
    async with lock_waits(identity.database) as waits:
        async with identity.database.transaction(JOLIEVILLE) as session:
            await session.execute(
                text("SELECT 1 FROM family WHERE family_id = :id FOR UPDATE"),
                {"id": UUID(ours.now["family_id"])},
            )
            tasks = []
            for record, method, where, body in (
                (ours, "POST", f"{ours.child}/custodies", weeks(theirs)),
                (ours, "PATCH", ours.child, {"diet": "Végétarien"}),
                (theirs, "PATCH", theirs.child, {"diet": "Sans porc"}),
                (theirs, "PATCH", "", {"status": "closed"}),
            ):
                tasks.append(asyncio.create_task(record.ask(method, where, body)))
                await waits.until(len(tasks))
        answers = await asyncio.gather(*tasks)
    assert [answer.status_code for answer in answers] == [201, 200, 200, 422]
    for record, other in ((ours, theirs), (theirs, ours)):
        events = await record.events()
        assert [event.aggregate_version for event in events] == list(range(1, len(events) + 1))
        (child,) = events[-1].shared_children
        assert child.diet == (await latest(other)).children[0].diet != ""


def parent_of(record: Record) -> dict[str, str]:
    """The headers of the family's first guardian."""
    now = record.now
    ids = (now["commune_id"], now["family_id"], now["guardians"][0]["guardian_id"])
    return record.identity.service.parent(Membership(*map(UUID, ids)))


async def as_parent(record: Record) -> dict[str, Any]:
    """The record as its first guardian reads it."""
    parent = parent_of(record)
    answer = await record.identity.client.get(f"/parent/families/{record.now['family_id']}", headers=parent)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_parents_see_who_has_the_child_and_nothing_else_of_the_other_family(identity):
    ours, theirs, third = [await family(identity) for _ in range(3)]
    address = {"street": "7 rue Cachée", "postal_code": "99100", "city": "Ailleurs"}
    secrets = ["7 rue Cachée", "Ailleurs", "98765", "06 99 88 77 66", "cachee@jolieville.example", "Bo"]
    for record in (ours, theirs):
        await record.done("PATCH", "", {"address": address})
        await record.done("POST", "/quotients", {"value": "987.65", "effective_from": "2026-01-01"})
        contact = {"phone": "06 99 88 77 66", "email": "cachee@jolieville.example"}
        await record.done("PATCH", record.guardians[1], contact)
    await ours.done("POST", f"{ours.child}/custodies", weeks(third, None))
    await ours.done("POST", f"{ours.child}/custodies", weeks(theirs))

    home = await as_parent(ours)
    assert custodies(home, *NAMED) == [
        ("weeks", None, third.now["label"], None, "2026-03-01"),
        ("weeks", None, theirs.now["label"], "2026-03-01", None),
    ]
    assert home["shared_children"] == []
    for hidden in (theirs.now["family_id"], *(p["guardian_id"] for p in theirs.now["guardians"])):
        assert hidden not in str(home)

    other = await as_parent(theirs)
    (child,) = other.pop("shared_children")
    (custody,) = child.pop("custodies")
    assert child == {
        "child_id": ours.now["children"][0]["child_id"],
        "first_name": "Zoé",
        "last_name": "",
        "home_family_id": None,
        "home_family_label": "",
        "home_hidden": True,
    }
    assert (custody["kind"], custody["family_id"], custody["family_label"]) == ("weeks", None, "")
    name = ours.now["guardians"][0]["last_name"]
    for hidden in (ours.now["family_id"], name, third.now["label"], *secrets):
        assert hidden not in str((child, custody)), hidden
    assert (await as_parent(third))["shared_children"][0]["first_name"] == "Zoé"
    assert ours.now["children"][0]["child_id"] not in str(other)


async def test_a_parent_changes_nothing_of_a_custody(identity):
    ours, theirs = await family(identity), await family(identity)
    parent = parent_of(theirs)
    calls = [("POST", "custodies"), ("POST", "custody/preview"), ("DELETE", "custodies/2026-03-01")]
    for method, where in calls:
        path = f"{ours.path}{ours.child}/{where}"
        answer = await identity.client.request(method, path, json=weeks(theirs), headers=parent)
        assert answer.status_code == 401, answer.text


class UndoneError(Exception):
    """What a test planted is taken back."""


async def test_what_must_hold_is_seen_when_it_does_not(identity):
    """Planted in the database: a closed family that has a child by custody, one of another commune."""
    ours, theirs = await family(identity), await family(identity)
    elsewhere = await family(identity, BEAUVAL)
    await ours.done("POST", f"{ours.child}/custodies", weeks(theirs))
    ids = {"ours": ours.now["family_id"], "theirs": theirs.now["family_id"]}
    ids["elsewhere"] = elsewhere.now["family_id"]
    moved = "UPDATE child_custody SET other_family_id = '{elsewhere}' WHERE family_id = '{ours}'"
    for statement, name in (
        ("UPDATE family SET status = 'closed' WHERE family_id = '{theirs}'", "a closed family"),
        (moved, "a custody is"),
    ):
        (invariant,) = [each for each in INVARIANTS if each.says.startswith(name)]
        with pytest.raises(UndoneError):
            async with identity.database.system_transaction() as session:
                assert (await session.execute(text(invariant.sql))).all() == []
                await session.execute(text(statement.format(**ids)))
                assert len((await session.execute(text(invariant.sql))).all()) == 1
                raise UndoneError
