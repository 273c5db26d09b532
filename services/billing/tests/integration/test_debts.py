"""Which families a debt keeps from booking: by the commune's rule, told once, taken back when it is paid."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from preau.billing import demo
from preau.billing.debts.periodic import publish_debts
from preau.common.ids import new_id
from preau.contracts.billing import FamilyDebtChangedV1
from preau.testing.database_clock import moved_clock

RULE = {"is_on": True, "threshold_cents": 5000, "days": 30}


class Office:
    """An agent, days that pass, and what reservations hear."""

    def __init__(self, town: Any, clock: Any) -> None:
        self.town, self.clock = town, clock
        self.client, self.headers = town.service.client, town.agent

    async def rule(self, **changes: Any) -> Any:
        return await self.client.put("/agent/debt-rule", json=RULE | changes, headers=self.headers)

    async def bill(self, family: Any, cents: int) -> str:
        line = {"label": "Carte", "day": "2026-03-02", "quantity": 1, "unit_cents": cents}
        answer = await self.client.post(
            f"/agent/families/{family.family_id}/manual-invoices",
            json={"regie_id": str(demo.MEALS), "reason": "Carte perdue", "lines": [line]},
            headers=self.headers | {"Idempotency-Key": str(new_id())},
        )
        return answer.json()["invoice_id"]

    async def late_by(self, days: int) -> None:
        await self.clock.move_to(datetime.now(UTC) + timedelta(days=30 + days))

    async def told(self) -> list[tuple[Any, int, int]]:
        """What is told now, that was not before: family, cents, version."""
        await publish_debts(self.town.service.database)
        found = await self.town.service.emitted(FamilyDebtChangedV1)
        await self.town.service.forget_emitted()
        return [(each.aggregate_id, each.owed_cents, each.aggregate_version) for each in found]


@pytest.fixture
async def office(town) -> AsyncIterator[Office]:
    async with moved_clock(town.service.database) as clock:
        yield Office(town, clock)


async def test_off_nobody_is_kept_from_booking(town, office):
    await office.bill(await town.household("Martin"), 9000)
    await office.late_by(90)
    assert await office.told() == []


async def test_from_the_threshold_and_the_day_on_once_and_taken_back(town, office):
    await office.rule()
    rich, owing = await town.household("Riche"), await town.household("Martin")
    await office.bill(rich, 4999)
    invoice = await office.bill(owing, 5000)
    await office.late_by(29)
    assert await office.told() == []
    await office.late_by(30)
    assert await office.told() == [(owing.family_id, 5000, 1)]
    assert await office.told() == []
    await town.pay(invoice, 1, owing)
    assert await office.told() == [(owing.family_id, 0, 2)]
    debt = await office.client.get(f"/agent/families/{owing.family_id}/debt", headers=office.headers)
    assert debt.json() == {"owed_cents": 0, "exempt_until": None, "reason": ""}


async def test_several_at_once_tell_once(town, office):
    """Guard: what is kept already is not told again."""
    await office.rule()
    for number in range(5):
        await office.bill(await town.household(f"F{number}"), 6000)
    await office.late_by(40)
    await asyncio.gather(*(publish_debts(town.service.database) for _ in range(6)))
    assert len(await town.service.emitted(FamilyDebtChangedV1)) == 5


async def test_an_exception_holds_until_its_day(town, office):
    """Guard: the query leaves out who is exempt."""
    await office.rule()
    family = await town.household("Martin")
    await office.bill(family, 6000)
    await office.late_by(40)
    url = f"/agent/families/{family.family_id}/debt-exemption"
    until = (datetime.now(UTC) + timedelta(days=75)).date()
    body = {"until": f"{until}", "reason": "Dossier au CCAS"}
    assert (await office.client.put(url, json=body, headers=office.headers)).status_code == 200
    assert await office.told() == []
    await office.late_by(47)
    assert await office.told() == [(family.family_id, 6000, 1)]
    past = {"until": "2020-01-01", "reason": "Dossier au CCAS"}
    refused = await office.client.put(url, json=past, headers=office.headers)
    assert [each["field"] for each in refused.json()["errors"]] == ["until"]
    for _ in range(2):
        assert (await office.client.delete(url, headers=office.headers)).status_code == 200


async def test_what_is_under_a_plan_is_not_counted(town, office):
    await office.rule()
    family = await town.household("Martin")
    invoice = await office.bill(family, 6000)
    await office.late_by(40)
    days = [(datetime.now(UTC) + timedelta(days=80 + more)).date() for more in (0, 30)]
    parts = [{"due_on": f"{day}", "cents": 3000} for day in days]
    url = f"/agent/invoices/{invoice}/instalments"
    made = await office.client.put(
        url, json={"parts": parts, "reason": "Demande de la famille"}, headers=office.headers
    )
    assert made.status_code == 200, made.text
    assert await office.told() == []


async def test_turned_off_everybody_books_again_and_an_older_view_changes_nothing(town, office):
    await office.rule()
    family = await town.household("Martin")
    await office.bill(family, 6000)
    await office.late_by(40)
    assert len(await office.told()) == 1
    stale = await office.client.put(
        "/agent/debt-rule", json=RULE, headers=office.headers | {"If-Match": '"0"'}
    )
    assert stale.status_code == 409
    await office.rule(is_on=False)
    assert await office.told() == [(family.family_id, 0, 2)]
    refused = await office.rule(threshold_cents=0)
    assert [each["field"] for each in refused.json()["errors"]] == ["threshold_cents"]
