"""A child between two families: each is billed what it pays of the child's days, at its own prices."""

import asyncio
from datetime import date, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import pytest
from sqlalchemy import text

from preau.billing import demo
from preau.billing.charges import consumers
from preau.billing.invariants import INVARIANTS
from preau.contracts.custody import Custody, CustodyDates
from preau.contracts.identity import FamilyUpdatedV1
from preau.contracts.reservations import AttendanceRecordedV1, BookingFacts
from preau.testing.lock_waits import lock_waits
from preau.testing.town import Household

MONDAY = date(2026, 3, 2)
"""Of week 10."""
WEEKDAYS = [MONDAY + timedelta(days=at) for at in (0, 1, 3, 4, 7, 8, 10, 11)]
"""Four days of week 10, four of week 11."""


class Parents(NamedTuple):
    """Two families in one commune: the child's record stands in the ``home``'s."""

    home: Household
    other: Household

    @property
    def child_id(self) -> UUID:
        return self.home.child_id

    def told(self, *custodies: Custody) -> tuple[FamilyUpdatedV1, FamilyUpdatedV1]:
        """What identity says of both once the child has these custodies."""
        home = self.home.event()
        child = home.children[0].model_copy(update={"custodies": custodies})
        shared = (child,) if any(each.family_id == self.other.family_id for each in custodies) else ()
        return (
            home.model_copy(update={"children": (child, *home.children[1:])}),
            self.other.event(shared_children=shared),
        )


@pytest.fixture
async def parents(town) -> Parents:
    """The home pays 2,60 €, the other 1,20 €."""
    return Parents(
        await town.household("Martin", children=1), await town.household("Petit", children=1, quotient=300)
    )


def weeks(parents: Parents, **more: Any) -> Custody:
    """The other family has the child in even weeks."""
    return Custody(kind="weeks", family_id=parents.other.family_id, weeks="even", **more)


def share(parents: Parents, percent: int, **more: Any) -> Custody:
    return Custody(kind="share", family_id=parents.other.family_id, percent=percent, **more)


async def agree(town, parents: Parents, *custodies: Custody) -> None:
    for event in parents.told(*custodies):
        await town.service.deliver(event)


async def book(town, parents: Parents, *days: date, **more: Any) -> list[BookingFacts]:
    bookings = [town.booking(parents.home, day, **more) for day in days]
    await town.order(parents.home, *bookings)
    return bookings


async def bill(town, kind: str = "month_end") -> None:
    await town.service.forget_emitted()
    answer = await town.issue(await town.run(kind=kind))
    assert (answer.status_code, answer.json()["status"]) == (200, "issued")
    await town.service.forget_emitted()
    await assert_sound(town)


async def assert_sound(town) -> None:
    async with town.service.database.transaction(demo.JOLIEVILLE) as session:
        for invariant in INVARIANTS:
            assert (await session.execute(text(invariant.sql))).all() == [], invariant.says


async def lines(town, family: Household) -> list[tuple[int, int, str]]:
    """The lines of the family's documents, the latest first: quantity, cents and why, in plain letters."""
    found = []
    for invoice in await town.invoices(family):
        path = f"/parent/families/{family.family_id}/invoices/{invoice['invoice_id']}"
        answer = await town.service.client.get(path, headers=town.parent(family))
        for line in answer.json()["lines"]:
            assert line["quantity"] * line["unit_cents"] == line["amount_cents"]
            assert line["child_name"].startswith("Zoé")
            why = line["explanation"].replace("\u00a0", " ").replace("\u202f", " ")
            found.append((line["quantity"], line["unit_cents"], why))
    return found


async def test_each_family_is_billed_its_weeks_at_its_own_price(town, parents: Parents):
    await agree(town, parents, weeks(parents))
    await book(town, parents, *WEEKDAYS)
    await bill(town)
    assert await lines(town, parents.home) == [(4, 260, "QF 612 → tranche B 2,60 €")]
    assert await lines(town, parents.other) == [(4, 120, "QF 300 → tranche A 1,20 €")]
    path = f"/parent/families/{parents.home.family_id}/invoices"
    refused = await town.service.client.get(path, headers=town.parent(parents.other))
    assert refused.status_code in (403, 404)


async def test_dates_of_the_holidays_go_before_the_weeks(town, parents: Parents):
    agreed = CustodyDates(first_day=MONDAY, last_day=MONDAY, side="home")
    await agree(town, parents, weeks(parents, dates=(agreed,)))
    await book(town, parents, *WEEKDAYS)
    await bill(town)
    assert [each[:2] for each in await lines(town, parents.home)] == [(5, 260)]
    assert [each[:2] for each in await lines(town, parents.other)] == [(3, 120)]


async def test_each_family_is_billed_its_share_of_every_day(town, parents: Parents):
    await agree(town, parents, share(parents, 40))
    await book(town, parents, *WEEKDAYS)
    await bill(town)
    assert await lines(town, parents.home) == [
        (8, 156, "QF 612 → tranche B 2,60 € ; votre part 60 % → 1,56 €")
    ]
    assert await lines(town, parents.other) == [
        (8, 48, "QF 300 → tranche A 1,20 € ; votre part 40 % → 0,48 €")
    ]


async def test_a_custody_learnt_late_moves_what_was_billed_by_a_complement(town, parents: Parents):
    await book(town, parents, *WEEKDAYS)
    await bill(town)
    assert [each[:2] for each in await lines(town, parents.home)] == [(8, 260)]
    await agree(town, parents, weeks(parents, effective_from=date(2026, 3, 9)), Custody(kind="none"))
    assert await lines(town, parents.other) == []
    await agree(town, parents, weeks(parents, effective_from=MONDAY))
    await bill(town, "complement")
    assert await lines(town, parents.home) == [
        (-4, 260, "jour à la charge de l’autre famille"),
        (8, 260, "QF 612 → tranche B 2,60 €"),
    ]
    assert [each[:2] for each in await lines(town, parents.other)] == [(4, 120)]
    # The other way round: another share of the days, and then none at all.
    await agree(town, parents, share(parents, 50))
    await bill(town, "complement")
    await agree(town, parents)
    await bill(town, "complement")
    assert sum(quantity * cents for quantity, cents, _ in await lines(town, parents.home)) == 8 * 260
    assert sum(quantity * cents for quantity, cents, _ in await lines(town, parents.other)) == 0


async def test_a_draft_computed_before_the_custody_is_not_issued(town, parents: Parents):
    await book(town, parents, *WEEKDAYS)
    run_id = await town.run()
    await agree(town, parents, weeks(parents))
    await town.service.forget_emitted()
    refused = await town.issue(run_id)
    assert (refused.status_code, refused.json()["type"].rpartition("/")[2]) == (409, "drafts-stale")
    await town.service.client.post(f"/agent/runs/{run_id}/recompute", headers=town.agent)
    await town.compute()
    assert (await town.issue(run_id)).status_code == 200
    assert [each[:2] for each in await lines(town, parents.home)] == [(4, 260)]
    assert [each[:2] for each in await lines(town, parents.other)] == [(4, 120)]


async def test_what_is_cancelled_or_marked_counts_for_whoever_pays(town, parents: Parents):
    await agree(town, parents, share(parents, 50))
    first, second, third = await book(town, parents, *WEEKDAYS[:3])
    await town.change(first, "cancelled")
    await town.service.deliver(marked(second, units=3))
    await town.change(third, "absent_justified")
    await assert_sound(town)
    await bill(town)
    assert [each[:2] for each in await lines(town, parents.home)] == [(3, 130)]
    assert [each[:2] for each in await lines(town, parents.other)] == [(3, 60)]


def marked(booking: BookingFacts, *, units: int) -> AttendanceRecordedV1:
    return AttendanceRecordedV1(
        commune_id=demo.JOLIEVILLE,
        aggregate_id=booking.booking_id,
        aggregate_version=2,
        booking=booking.model_copy(update={"status": "attended", "booking_version": 2}),
        present=True,
        units=units,
    )


async def test_an_act_that_was_marked_before_the_custody_came_keeps_its_units(town, parents: Parents):
    (booking,) = await book(town, parents, MONDAY)
    await town.service.deliver(marked(booking, units=4))
    await agree(town, parents, weeks(parents))
    await bill(town)
    assert [each[:2] for each in await lines(town, parents.other)] == [(4, 120)]
    assert await lines(town, parents.home) == []


async def test_a_family_that_pays_again_is_told_what_it_missed(town, parents: Parents):
    await agree(town, parents, weeks(parents))
    first, second = await book(town, parents, *WEEKDAYS[:2])
    await agree(town, parents)
    await town.change(first, "cancelled")
    await town.service.deliver(marked(second, units=2))
    await agree(town, parents, weeks(parents))
    await assert_sound(town)
    await bill(town)
    assert [each[:2] for each in await lines(town, parents.other)] == [(2, 120)]


async def test_what_is_paid_at_booking_is_paid_whole_by_who_books(town, parents: Parents):
    await agree(town, parents, weeks(parents))
    booking = town.booking(parents.home, MONDAY, activity=town.MERCREDI, status="awaiting_payment")
    order = await town.order(parents.home, booking, prepaid=True)
    await town.close(order, "confirmed")
    assert len(await lines(town, parents.home)) == 1
    assert await shares(town) == {parents.home.family_id: [100], parents.other.family_id: [0]}


async def shares(town) -> dict[UUID, list[int]]:
    """What each family pays of its charges."""
    query = text("SELECT family_id, array_agg(payer_percent ORDER BY service_date) FROM charge GROUP BY 1")
    async with town.service.database.transaction(demo.JOLIEVILLE) as session:
        return dict((await session.execute(query)).all())


async def test_what_is_heard_twice_changes_nothing(town, parents: Parents):
    told = parents.told(weeks(parents))
    placed = town.placed(parents.home.family_id, [town.booking(parents.home, day) for day in WEEKDAYS])
    for event in (*told, placed):
        await town.service.deliver(event)
    before = await charges(town)
    assert len(before) == 2 * len(WEEKDAYS)
    for event in (placed, *told, placed):
        await town.service.deliver(event)
    assert await charges(town) == before


async def charges(town) -> list[Any]:
    async with town.service.database.transaction(demo.JOLIEVILLE) as session:
        return list(await session.execute(text("SELECT to_jsonb(c) FROM charge c ORDER BY booking_id")))


async def test_a_custody_of_an_older_record_is_left_out(town, parents: Parents):
    older = parents.told(weeks(parents))
    await agree(town, parents)
    await town.service.deliver(older[0])
    await book(town, parents, *WEEKDAYS)
    assert await shares(town) == {parents.home.family_id: [100] * 8}


async def test_a_quote_asks_for_what_will_be_billed(town, parents: Parents):
    async def quoted() -> list[tuple[int, str]]:
        body = {
            "lines": [
                {"child_id": str(parents.child_id), "activity_id": str(town.REPAS), "date": str(day)}
                for day in (MONDAY, MONDAY + timedelta(days=7))
            ]
        }
        path = f"/parent/families/{parents.home.family_id}/quotes"
        answer = await town.service.client.post(path, json=body, headers=town.parent(parents.home))
        assert answer.status_code == 200, answer.text
        made = answer.json()
        assert made["total_cents"] == sum(line["amount_cents"] for line in made["lines"])
        return [(line["amount_cents"], line["explanation"].split("\u202f;")[-1]) for line in made["lines"]]

    await agree(town, parents, weeks(parents))
    first, second = await quoted()
    assert (first, second[0]) == ((0, "jour à la charge de l’autre famille"), 260)
    await agree(town, parents, share(parents, 50))
    assert [cents for cents, _ in await quoted()] == [130, 130]


async def test_a_booking_that_comes_with_the_custody_is_shared_by_it(town, parents: Parents):
    """Guard: who writes charges by custodies comes before who changes them, and is waited for.

    The custody is written while an order's charges are, or the other way round: whichever comes first, the
    charges end as the custody says.
    """
    home, _ = parents.told(weeks(parents))
    database = town.service.database

    async def custody_comes(event: FamilyUpdatedV1) -> None:
        await town.service.deliver(event)

    placed = town.placed(parents.home.family_id, [town.booking(parents.home, MONDAY)])
    async with lock_waits(database) as waits:
        async with database.transaction(demo.JOLIEVILLE) as session:
            await consumers.keep_order(session, placed)
            custody = asyncio.create_task(custody_comes(home))
            await waits.until()
        await custody
    assert await shares(town) == {parents.home.family_id: [0], parents.other.family_id: [100]}

    later = town.placed(parents.home.family_id, [town.booking(parents.home, MONDAY + timedelta(days=1))])
    ended, _ = parents.told()
    async with lock_waits(database) as waits:
        async with database.transaction(demo.JOLIEVILLE) as session:
            await session.execute(
                text("UPDATE family_copy SET version = :version WHERE family_id = :family_id"),
                {"version": ended.aggregate_version, "family_id": ended.aggregate_id},
            )
            await consumers.keep_custodies(session, ended)
            order = asyncio.create_task(town.service.deliver(later))
            await waits.until()
        await order
    assert await shares(town) == {parents.home.family_id: [100, 100], parents.other.family_id: [0]}
    await assert_sound(town)
