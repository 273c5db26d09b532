"""Families are reminded in steps of what is past due: each step once an invoice, and only of what is due."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from preau.billing import demo
from preau.billing.reminders.periodic import remind_late
from preau.common.ids import new_id
from preau.contracts.billing import InvoicesRemindedV1
from preau.testing.database_clock import moved_clock

ON = {
    "is_on": True,
    "minimum_cents": 300,
    "steps": [
        {"days": 8, "means": "mail"},
        {"days": 20, "means": "letter"},
        {"days": 45, "means": "treasury"},
    ],
}


class Office:
    """An agent of a town, and days that pass in it."""

    def __init__(self, town: Any, clock: Any) -> None:
        self.town, self.clock = town, clock

    async def turn(self, calendar: dict[str, Any]) -> Any:
        url = f"/agent/regies/{demo.MEALS}"
        return await self.town.service.client.patch(
            url, json={"reminders": calendar}, headers=self.town.agent
        )

    async def bill(self, family: Any, cents: int = 500) -> dict[str, Any]:
        line = {"label": "Carte", "day": "2026-03-02", "quantity": 1, "unit_cents": cents}
        answer = await self.town.service.client.post(
            f"/agent/families/{family.family_id}/manual-invoices",
            json={"regie_id": str(demo.MEALS), "reason": "Carte perdue", "lines": [line]},
            headers=self.town.agent | {"Idempotency-Key": str(new_id())},
        )
        assert answer.status_code == 201, answer.text
        return answer.json()

    async def days_late(self, days: int) -> None:
        """So many days after the due date of what was billed now."""
        await self.clock.move_to(datetime.now(UTC) + timedelta(days=30 + days))

    async def remind(self) -> None:
        while await remind_late(self.town.service.database):
            pass

    async def history(self, invoice: dict[str, Any]) -> list[tuple[int, str]]:
        url = f"/agent/invoices/{invoice['invoice_id']}/reminders"
        found = (await self.town.service.client.get(url, headers=self.town.agent)).json()["items"]
        return [(each["step"], each["means"]) for each in found]

    async def listed(self, **asked: str) -> list[dict[str, Any]]:
        answer = await self.town.service.client.get("/agent/reminders", params=asked, headers=self.town.agent)
        return answer.json()["items"]


@pytest.fixture
async def office(town) -> AsyncIterator[Office]:
    async with moved_clock(town.service.database) as clock:
        yield Office(town, clock)


async def test_off_until_it_is_turned_on(town, office):
    family = await town.household("Martin")
    invoice = await office.bill(family)
    await office.days_late(100)
    await office.remind()
    assert await office.history(invoice) == []


async def test_step_by_step_each_once(town, office):
    """Guard: the key of an invoice and step."""
    assert (await office.turn(ON)).status_code == 200
    family = await town.household("Martin")
    invoice = await office.bill(family)
    await office.days_late(7)
    await office.remind()
    assert await office.history(invoice) == []
    for days, steps in ((8, 1), (9, 1), (20, 2), (44, 2), (45, 3), (200, 3)):
        await office.days_late(days)
        for _ in range(2):
            await office.remind()
        assert await office.history(invoice) == [(1, "mail"), (2, "letter"), (3, "treasury")][:steps], days
    (told,) = await town.service.emitted(InvoicesRemindedV1)
    (reminded,) = told.families
    assert (reminded.family_id, [each.due_cents for each in reminded.invoices]) == (family.family_id, [500])


async def test_turned_on_late_the_steps_keep_their_distance(town, office):
    family = await town.household("Martin")
    invoice = await office.bill(family)
    await office.days_late(100)
    await office.turn(ON)
    await office.remind()
    assert await office.history(invoice) == [(1, "mail")]
    await office.days_late(111)
    await office.remind()
    assert len(await office.history(invoice)) == 1
    await office.days_late(112)
    await office.remind()
    assert len(await office.history(invoice)) == 2


async def test_several_at_once_remind_once(town, office):
    """Guard: what is there already is not told again."""
    await office.turn(ON)
    for number in range(5):
        await office.bill(await town.household(f"Famille {number}"))
    await office.days_late(10)
    await asyncio.gather(*(remind_late(town.service.database) for _ in range(6)))
    told = [
        invoice.invoice_id
        for event in await town.service.emitted(InvoicesRemindedV1)
        for each in event.families
        for invoice in each.invoices
    ]
    assert len(told) == len(set(told)) == 5


async def test_only_what_is_due_is_reminded(town, office):
    await office.turn(ON)
    family = await town.household("Martin")
    agent = town.service.client, town.agent
    paid, cancelled, off, small, avoir = [
        await office.bill(await town.household(f"F{number}"), cents)
        for number, cents in enumerate((500, 500, 500, 299, -500))
    ]
    await town.pay(paid["invoice_id"], 500, family)
    for invoice, act in ((cancelled, "cancellation"), (off, "write-off")):
        url = f"/agent/invoices/{invoice['invoice_id']}/{act}"
        assert (await agent[0].post(url, json={"reason": "Parce que"}, headers=agent[1])).status_code == 201
    await office.days_late(10)
    await office.remind()
    for invoice in (paid, cancelled, off, small, avoir):
        assert await office.history(invoice) == []
    assert await town.service.emitted(InvoicesRemindedV1) == []


async def test_letters_wait_until_they_are_handed_over_and_only_for_what_is_due(town, office):
    await office.turn(ON)
    first, second = [await office.bill(await town.household(name)) for name in ("Martin", "Durand")]
    await office.days_late(8)
    await office.remind()
    assert await office.listed(status="to_hand_over") == []
    await office.days_late(20)
    await office.remind()
    letters = await office.listed(status="to_hand_over", means="letter")
    assert {each["invoice_id"] for each in letters} == {first["invoice_id"], second["invoice_id"]}
    assert {each["city"] for each in letters} == {"Jolieville"}
    await town.pay(second["invoice_id"], 500, await town.household("X"))
    (left,) = await office.listed(status="to_hand_over")
    body = {"reminder_ids": [left["reminder_id"]]}
    for count in (1, 0):
        answer = await town.service.client.post("/agent/reminders/handed-over", json=body, headers=town.agent)
        assert answer.json() == {"count": count}
    assert await office.listed(status="to_hand_over") == []
    assert len(await office.listed(status="handed_over")) == 1


async def test_a_calendar_out_of_order_is_told_by_its_step(office):
    steps = [{"days": 8, "means": "mail"}, {"days": 8, "means": "letter"}]
    refused = await office.turn(ON | {"steps": steps})
    assert refused.status_code == 422
    assert [each["field"] for each in refused.json()["errors"]] == ["reminders.steps.1.days"]
    empty = await office.turn(ON | {"steps": []})
    assert [each["field"] for each in empty.json()["errors"]] == ["reminders.steps"]
    small = await office.turn(ON | {"minimum_cents": 0})
    assert [each["field"] for each in small.json()["errors"]] == ["reminders.minimum_cents"]
