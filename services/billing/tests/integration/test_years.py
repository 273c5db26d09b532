"""A year of a régie is closed: what is heard of it late goes into the next one, whatever comes at once."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from preau.billing import demo
from preau.billing.invariants import INVARIANTS
from preau.billing.ledger.domain import Holder
from preau.billing.years import service
from preau.common.ids import new_id
from preau.testing.database_clock import moved_clock
from preau.testing.lock_waits import lock_waits

MONDAY = date(2026, 3, 2)


class Office:
    """A meal of 2,60 € billed this year, seen on a day of the year after."""

    def __init__(self, town, family, invoice: dict[str, Any]) -> None:
        self.town, self.family, self.invoice = town, family, invoice
        self.year = date.fromisoformat(invoice["issued_on"]).year
        self.late = datetime(self.year, 12, 30, 12, tzinfo=UTC)

    async def post(self, act: str, year: int | None = None, body: object = None) -> Any:
        url = f"/agent/regies/{demo.MEALS}/years/{year or self.year}/{act}"
        return await self.town.service.client.post(url, json=body, headers=self.town.agent)

    async def years(self) -> list[dict[str, Any]]:
        url = f"/agent/regies/{demo.MEALS}/years"
        return (await self.town.service.client.get(url, headers=self.town.agent)).json()["items"]

    async def pay(self) -> None:
        """The bank says late that the family paid on the 30th of December."""
        settled = self.town.settled(self.family, [(self.invoice["invoice_id"], 260)])
        await self.town.service.deliver(settled.model_copy(update={"settled_at": self.late}))

    async def days_of_payments(self) -> list[date]:
        async with self.town.service.database.system_transaction() as session:
            return list(await session.scalars(text("SELECT day FROM entry WHERE kind = 'payment'")))

    async def holds(self) -> None:
        async with self.town.service.database.system_transaction() as session:
            for invariant in INVARIANTS:
                assert list(await session.execute(text(invariant.sql))) == [], invariant.says


@pytest.fixture
async def office(town) -> AsyncIterator[Office]:
    family = await town.household("Martin", children=1)
    await town.order(family, town.booking(family, MONDAY))
    await town.issue(await town.run())
    (invoice,) = await town.invoices(family)
    office = Office(town, family, invoice)
    async with moved_clock(town.service.database) as clock:
        await clock.move_to(datetime(office.year + 1, 1, 10, 12, tzinfo=UTC))
        yield office


async def test_what_is_heard_of_late_is_entered_in_the_first_open_year(office):
    answer = await office.post("closing")
    assert answer.status_code == 201, answer.text
    [closed] = answer.json()["items"]
    told = (closed["billed_cents"], closed["received_cents"], closed["receivable_cents"])
    assert (*told, closed["closed_at"] is None) == (260, 0, 260, False)
    await office.pay()
    assert await office.days_of_payments() == [date(office.year + 1, 1, 1)]
    later, earlier = await office.years()
    assert (later["year"], later["received_cents"], later["receivable_cents"]) == (office.year + 1, 260, 0)
    assert earlier == closed
    await office.holds()


async def test_of_an_open_year_it_is_entered_on_its_day(office):
    await office.pay()
    assert await office.days_of_payments() == [office.late.date()]


async def test_years_are_closed_in_their_order_and_reopened_from_the_last(office):
    early = await office.post("closing", office.year + 1)
    assert (early.status_code, early.json()["type"].rpartition("/")[2]) == (409, "year-not-over")
    assert (await office.post("reopening", body={"reason": "Erreur"})).status_code == 409
    await office.post("closing")
    again = await office.post("closing")
    assert again.json()["type"].rpartition("/")[2] == "year-closed"
    assert (await office.post("reopening", body={"reason": " "})).status_code == 422
    [open_again] = (await office.post("reopening", body={"reason": "Écriture oubliée"})).json()["items"]
    assert open_again["closed_at"] is None
    await office.pay()
    assert await office.days_of_payments() == [office.late.date()]


async def test_the_database_refuses_an_entry_in_a_closed_year(office):
    """Guard: the trigger; whoever forgets `day_of` writes nothing."""
    await office.post("closing")
    with pytest.raises(IntegrityError, match="the year of an entry is closed"):
        async with office.town.service.database.transaction(demo.JOLIEVILLE) as session:
            await session.execute(
                text(
                    "INSERT INTO entry (cause_id, kind, commune_id, regie_id, family_id, day)"
                    " VALUES (:cause, 'payment', :commune, :regie, :family, :day)"
                ),
                {
                    "cause": new_id(),
                    "commune": demo.JOLIEVILLE,
                    "regie": demo.MEALS,
                    "family": office.family.family_id,
                    "day": office.late.date(),
                },
            )


async def test_what_is_entered_at_this_moment_is_waited_for(office):
    """Guard: `come_before_turn`; without it the year closed under an entry that was being made."""
    database = office.town.service.database
    holder = Holder(demo.JOLIEVILLE, demo.MEALS, office.family.family_id)
    async with lock_waits(database) as waits:
        async with database.transaction(demo.JOLIEVILLE) as session:
            assert await service.day_of(session, holder, office.late) == office.late.date()
            closing = asyncio.create_task(office.post("closing"))
            await waits.until()
        assert (await closing).status_code == 201
