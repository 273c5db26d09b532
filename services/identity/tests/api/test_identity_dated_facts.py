"""Facts with dates: what an agent enters from a day on, what then holds, and what is told of it."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from preau.identity.demo.people import BEAUVAL, JOLIEVILLE
from preau.identity.families.due import publish_due
from preau.testing.database_clock import DatabaseClock, moved_clock
from preau.testing.lock_waits import lock_waits

from .records import Record, family, spans

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
LATE = datetime(2026, 3, 10, 23, 30, tzinfo=UTC)
"""The 11th in Paris, the 10th in Martinique."""


@pytest.fixture(scope="module")
async def clock(identity: Any) -> AsyncIterator[DatabaseClock]:
    """The clock of the database; each test says what time it is."""
    async with moved_clock(identity.database) as moved:
        yield moved


@pytest.fixture(autouse=True)
async def noon(clock: DatabaseClock) -> None:
    await clock.move_to(NOON)


async def test_what_a_family_is_registered_as_it_is_since_always(identity):
    ours = await family(identity)
    assert spans(ours.now["residencies"], "residency") == [("non_resident", None, None)]
    (child,) = ours.now["children"]
    assert spans(child["schoolings"], "school", "class_name", "level", "category") == [
        ("Jules-Ferry", "CE2", "elementary", "", None, None)
    ]
    ada = ours.now["guardians"][0]["guardian_id"]
    assert spans(ours.now["payers"], "guardian_id") == [(ada, None, None)]


async def test_a_change_holds_from_its_day_and_until_then_the_record_stays(identity):
    ours = await family(identity)
    await ours.done("PATCH", "", {"residency": "resident", "effective_from": "2026-09-01"})
    await ours.done("PATCH", ours.guardians[1], {"is_payer": True, "effective_from": "2026-09-01"})
    await ours.done(
        "PATCH",
        ours.child,
        {"class_name": "CM1", "category": "pai", "diet": "Sans porc", "effective_from": "2026-09-01"},
    )
    after = await ours.done("PATCH", ours.child, {"school": "Les Lilas", "effective_from": "2026-02-01"})
    assert after["residency"] == "non_resident"
    assert spans(after["residencies"], "residency") == [
        ("non_resident", None, "2026-09-01"),
        ("resident", "2026-09-01", None),
    ]
    ada, bo = (person["guardian_id"] for person in after["guardians"])
    assert [person["is_payer"] for person in after["guardians"]] == [True, False]
    assert spans(after["payers"], "guardian_id") == [(ada, None, "2026-09-01"), (bo, "2026-09-01", None)]
    (child,) = after["children"]
    assert (child["school"], child["class_name"], child["category"], child["diet"]) == (
        "Les Lilas",
        "CE2",
        "",
        "Sans porc",
    )
    assert spans(child["schoolings"], "school", "class_name", "category") == [
        ("Jules-Ferry", "CE2", "", None, "2026-02-01"),
        ("Les Lilas", "CE2", "", "2026-02-01", "2026-09-01"),
        ("Jules-Ferry", "CM1", "pai", "2026-09-01", None),
    ]
    told = (await ours.events())[-1].model_dump(mode="json")
    for name in ("residency", "residencies", "payers"):
        assert told[name] == after[name], name
    assert [person["is_payer"] for person in told["guardians"]] == [True, False]
    assert told["children"][0]["schoolings"] == child["schoolings"]
    assert told["children"][0]["school"] == "Les Lilas"


@pytest.mark.parametrize(
    ("commune", "zone", "day"),
    [(JOLIEVILLE, "Europe/Paris", "2026-03-11"), (BEAUVAL, "America/Martinique", "2026-03-10")],
    ids=["Paris", "Martinique"],
)
async def test_without_a_day_a_change_holds_from_the_communes_today(identity, clock, commune, zone, day):
    await clock.move_to(LATE)
    admin = identity.service.agent(commune, "admin")
    await identity.client.patch("/agent/commune", json={"time_zone": zone}, headers=admin)
    ours = await family(identity, commune)
    await ours.done("PATCH", "", {"residency": "resident"})
    await ours.done("PATCH", ours.child, {"class_name": "CM1"})
    await ours.done("POST", "/guardians", {"first_name": "Cy", "last_name": "Autre", "is_payer": True})
    after = await ours.done("POST", "/quotients", {"value": 612, "effective_from": "2026-01-01"})
    assert [entry["effective_from"] for entry in after["residencies"]] == [None, day]
    assert [entry["effective_from"] for entry in after["payers"]] == [None, day]
    assert [entry["effective_from"] for entry in after["children"][0]["schoolings"]] == [None, day]
    assert after["quotients"][0]["recorded_on"] == day
    assert (after["residency"], after["children"][0]["class_name"]) == ("resident", "CM1")
    assert [person["first_name"] for person in after["guardians"] if person["is_payer"]] == ["Cy"]


async def test_an_entry_is_corrected_by_its_day_and_what_holds_since_always_too(identity):
    ours = await family(identity)
    await ours.done("PATCH", ours.child, {"class_name": "CM1", "effective_from": "2026-09-01"})
    await ours.done("PATCH", ours.child, {"class_name": "CM2", "effective_from": "2026-09-01"})
    after = await ours.done("PATCH", ours.child, {"class_name": "CE1", "since_always": True})
    assert spans(after["children"][0]["schoolings"], "class_name") == [
        ("CE1", None, "2026-09-01"),
        ("CM2", "2026-09-01", None),
    ]
    assert after["children"][0]["class_name"] == "CE1"


async def test_what_holds_already_is_not_entered_again(identity):
    ours = await family(identity)
    await ours.done("PATCH", "", {"residency": "non_resident"})
    await ours.done("PATCH", ours.guardians[0], {"is_payer": True})
    after = await ours.done("PATCH", ours.child, {"class_name": "CE2", "effective_from": "2026-09-01"})
    assert [len(after[name]) for name in ("residencies", "payers")] == [1, 1]
    assert len(after["children"][0]["schoolings"]) == 1


async def test_an_entry_is_removed_and_what_was_before_goes_on(identity):
    ours = await family(identity)
    steps = [
        ("PATCH", "", {"residency": "resident", "effective_from": "2026-02-01"}, "residencies"),
        ("PATCH", ours.guardians[1], {"is_payer": True, "effective_from": "2026-02-01"}, "payers"),
        (
            "PATCH",
            ours.child,
            {"level": "other", "effective_from": "2026-02-01"},
            f"{ours.child[1:]}/schoolings",
        ),
        ("POST", "/quotients", {"value": 612, "effective_from": "2026-02-01"}, "quotients"),
    ]
    for method, where, body, _ in steps:
        changed = await ours.done(method, where, body)
    assert (changed["residency"], changed["children"][0]["level"]) == ("resident", "other")
    for _, _, _, history in steps:
        after = await ours.done("DELETE", f"/{history}/2026-02-01")
    apart = {"version": after["version"]}
    assert after == ours.now | apart
    events = await ours.events()
    assert [event.aggregate_version for event in events] == list(range(1, 10))
    assert (events[-1].residency, events[-1].guardians[0].is_payer) == ("non_resident", True)
    async with identity.database.transaction(JOLIEVILLE) as session:
        rows = await session.scalars(
            text("SELECT action FROM audit_log WHERE entity_id = :id ORDER BY recorded_at, id"),
            {"id": UUID(ours.now["family_id"])},
        )
        assert rows.all()[-4:] == [
            "residency.removed",
            "payer.removed",
            "schooling.removed",
            "quotient.removed",
        ]


async def test_what_holds_since_always_stays_and_what_is_not_there_is_not_removed(identity):
    ours, others = await family(identity), await family(identity)
    await others.done("PATCH", others.child, {"class_name": "CM1", "effective_from": "2026-09-01"})
    for history in ("residencies", "payers", f"{ours.child[1:]}/schoolings", "quotients"):
        assert list(await ours.refused("DELETE", f"/{history}/0001-01-01")) == ["effective_from"]
        assert (await ours.ask("DELETE", f"/{history}/2026-09-01")).status_code == 404
    assert (await ours.ask("DELETE", f"{others.child}/schoolings/2026-09-01")).status_code == 404
    assert len((await others.done("PATCH", "", {}))["children"][0]["schoolings"]) == 2


async def test_a_child_counts_among_the_siblings_between_two_days(identity):
    ours = await family(identity)
    after = await ours.done("PATCH", ours.child, {"counts_from": "2024-09-01", "counts_to": "2026-04-01"})
    child = after["children"][0]
    assert (child["counts_from"], child["counts_to"]) == ("2024-09-01", "2026-04-01")
    told = (await ours.events())[-1].children[0]
    assert (str(told.counts_from), str(told.counts_to)) == ("2024-09-01", "2026-04-01")
    assert await ours.refused("PATCH", ours.child, {"counts_from": "2026-04-01"}) == {
        "counts_to": "Cette date doit suivre celle où l’enfant commence à compter."
    }
    child = (await ours.done("PATCH", ours.child, {"counts_to": None}))["children"][0]
    assert (child["counts_from"], child["counts_to"]) == ("2024-09-01", None)


async def test_quotients_have_two_decimals(identity, clock):
    ours = await family(identity)
    for value, day in (("859.99", "2026-01-01"), (860.5, "2026-02-01"), (612, "2026-03-01")):
        after = await ours.done("POST", "/quotients", {"value": value, "effective_from": day})
    assert spans(after["quotients"], "value", "cents") == [
        (859, 85999, "2026-01-01", "2026-02-01"),
        (860, 86050, "2026-02-01", "2026-03-01"),
        (612, 61200, "2026-03-01", None),
    ]
    await clock.move_to(LATE)
    await ours.done("POST", "/quotients", {"value": "859.99", "effective_from": "2026-01-01"})
    after = await ours.done("POST", "/quotients", {"value": "612.01", "effective_from": "2026-03-01"})
    assert [each["recorded_on"] for each in after["quotients"]] == ["2026-03-10", "2026-03-10", "2026-03-11"]
    told = (await ours.events())[-1].model_dump(mode="json")["quotients"]
    assert told == [{**each} for each in after["quotients"]]
    for odd, message in (
        ("859.999", "Deux décimales au plus sont attendues, par exemple 859,99."),
        ("-0.01", "La valeur doit être d’au moins 0."),
        ("100000.01", "La valeur doit être d’au plus 100\u202f000."),
        ("x", "Un nombre est attendu."),
    ):
        body = {"value": odd, "effective_from": "2026-01-01"}
        assert await ours.refused("POST", "/quotients", body) == {"value": message}


async def test_days_that_cannot_be_are_refused_by_their_field(identity):
    ours = await family(identity)
    for day in ("1889-12-31", "2100-01-01", "x", "2026-02-30"):
        for where in ("", ours.child, ours.guardians[0]):
            assert list(await ours.refused("PATCH", where, {"effective_from": day})) == ["effective_from"]
    both = {"residency": "resident", "effective_from": "2026-09-01", "since_always": True}
    assert list(await ours.refused("PATCH", "", both)) == ["since_always"]
    assert list(await ours.refused("PATCH", ours.child, {"category": "x" * 41})) == ["category"]
    assert list(await ours.refused("PATCH", "", {"residency": "conventionnee"})) == ["residency"]
    assert (await ours.done("PATCH", "", {}))["version"] == 1


async def test_two_changes_of_one_history_at_once_lose_nothing(identity):
    ours = await family(identity)
    changes = [
        ours.ask("PATCH", ours.child, {"class_name": f"C{month}", "effective_from": f"2027-{month:02d}-01"})
        for month in range(1, 9)
    ]
    answers = await asyncio.gather(*changes)
    assert {answer.status_code for answer in answers} == {200}
    events = await ours.events()
    assert [event.aggregate_version for event in events] == list(range(1, 10))
    assert [len(event.children[0].schoolings) for event in events] == list(range(1, 10))


async def test_of_two_who_saw_the_same_history_the_second_is_told(identity):
    ours = await family(identity)
    body = {"class_name": "CM1", "effective_from": "2026-09-01"}
    answers = await asyncio.gather(
        ours.ask("PATCH", ours.child, body, seen=1),
        ours.ask("PATCH", ours.child, body | {"class_name": "CM2"}, seen=1),
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    removed = await ours.ask("DELETE", f"{ours.child}/schoolings/2026-09-01", seen=1)
    assert removed.json()["type"].endswith("/changed-meanwhile")
    quotient = {"value": 1, "effective_from": "2026-09-01"}
    assert (await ours.ask("POST", "/quotients", quotient, seen=1)).status_code == 409
    assert (await ours.ask("DELETE", f"{ours.child}/schoolings/2026-09-01", seen=2)).status_code == 200


async def beforehand(ours: Record) -> None:
    """From September on: resident, Bo pays, Zoé is in CM1."""
    september = {"effective_from": "2026-09-01"}
    await ours.done("PATCH", "", {"residency": "resident", **september})
    await ours.done("PATCH", ours.guardians[1], {"is_payer": True, **september})
    await ours.done("PATCH", ours.child, {"class_name": "CM1", **september})


async def test_on_the_day_the_record_is_published_anew_once(identity, clock):
    ours = await family(identity)
    await beforehand(ours)
    published = len(await ours.events())
    await clock.move_to(datetime(2026, 8, 31, 21, 59, tzinfo=UTC))  # 23:59 in Paris
    await publish_due(identity.database)
    assert len(await ours.events()) == published
    await clock.move_to(datetime(2026, 8, 31, 22, 0, tzinfo=UTC))
    await publish_due(identity.database)
    told = (await ours.events())[published:]
    assert [(event.residency, event.children[0].class_name) for event in told] == [("resident", "CM1")]
    assert [person.is_payer for person in told[0].guardians] == [False, True]
    stands = await ours.done("PATCH", "", {})
    assert (stands["version"], stands["residency"]) == (told[0].aggregate_version, "resident")
    await publish_due(identity.database)
    assert len(await ours.events()) == published + 1


async def test_the_day_comes_in_each_commune_when_it_comes_there(identity, clock):
    admin = identity.service.agent(BEAUVAL, "admin")
    await identity.client.patch("/agent/commune", json={"time_zone": "America/Martinique"}, headers=admin)
    ours = await family(identity, BEAUVAL)
    await beforehand(ours)
    for hour, residency in ((3, "non_resident"), (4, "resident")):
        await clock.move_to(datetime(2026, 9, 1, hour, tzinfo=UTC))
        await publish_due(identity.database)
        assert (await ours.events())[-1].residency == residency


async def test_two_sweepers_publish_once(identity, clock):
    """Seen to fail without the second look, under the lock: both publish."""
    ours = await family(identity)
    await beforehand(ours)
    published = len(await ours.events())
    await clock.move_to(datetime(2026, 9, 1, 12, tzinfo=UTC))
    async with lock_waits(identity.database) as waits:
        async with identity.database.transaction(JOLIEVILLE) as session:
            await session.execute(
                text("SELECT 1 FROM family WHERE family_id = :id FOR UPDATE"),
                {"id": UUID(ours.now["family_id"])},
            )
            sweepers = [asyncio.create_task(publish_due(identity.database)) for _ in range(2)]
            await waits.until(2)
        await asyncio.gather(*sweepers)
    assert len(await ours.events()) == published + 1


async def test_any_change_takes_along_what_begins_that_day(identity, clock):
    """And the sweeper then has nothing more to do."""
    ours = await family(identity)
    await beforehand(ours)
    await clock.move_to(datetime(2026, 9, 1, 12, tzinfo=UTC))
    after = await ours.done("PATCH", ours.child, {"diet": "Végétarien"})
    assert (after["residency"], after["children"][0]["class_name"]) == ("resident", "CM1")
    await publish_due(identity.database)
    assert (await ours.done("PATCH", "", {}))["version"] == after["version"]
