"""What is due is paid in dated parts: in sum what is due, one after the other, left alone meanwhile."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from preau.billing import demo
from preau.billing.reminders.periodic import remind_late
from preau.common.ids import new_id
from preau.contracts.billing import InvoiceDueChangedV1, InvoicesRemindedV1
from preau.testing.database_clock import moved_clock

TODAY = datetime.now(UTC).date()


def part(days: int, cents: int) -> dict[str, Any]:
    return {"due_on": f"{TODAY + timedelta(days=days)}", "cents": cents}


PARTS = [part(10, 200), part(40, 200), part(70, 100)]


async def bill(town, family, cents: int = 500) -> dict[str, Any]:
    line = {"label": "Carte", "day": f"{TODAY}", "quantity": 1, "unit_cents": cents}
    answer = await town.service.client.post(
        f"/agent/families/{family.family_id}/manual-invoices",
        json={"regie_id": str(demo.MEALS), "reason": "Carte perdue", "lines": [line]},
        headers=town.agent | {"Idempotency-Key": str(new_id())},
    )
    assert answer.status_code == 201, answer.text
    return answer.json()


@pytest.fixture
async def owing(town) -> tuple[Any, dict[str, Any]]:
    await set_regie(town, takes_parts=True)
    family = await town.household("Martin")
    return family, await bill(town, family)


async def set_regie(town, **settings: Any) -> None:
    url = f"/agent/regies/{demo.MEALS}"
    answer = await town.service.client.patch(url, json=settings, headers=town.agent)
    assert answer.status_code == 200, answer.text


async def make(town, invoice, parts: list[dict[str, Any]]) -> Any:
    return await town.service.client.put(
        f"/agent/invoices/{invoice['invoice_id']}/instalments",
        json={"parts": parts, "reason": "Demande de la famille"},
        headers=town.agent,
    )


async def seen(town, family, invoice) -> dict[str, Any]:
    url = f"/parent/families/{family.family_id}/invoices/{invoice['invoice_id']}/instalments"
    (plan,) = (await town.service.client.get(url, headers=town.parent(family))).json()["items"]
    return plan


async def last_told(town) -> InvoiceDueChangedV1:
    return (await town.service.emitted(InvoiceDueChangedV1))[-1]


async def test_parts_are_paid_in_their_order_and_the_plan_ends_with_the_debt(town, owing):
    family, invoice = owing
    assert (await make(town, invoice, PARTS)).status_code == 200
    assert (await last_told(town)).next_part_cents == 200
    await town.pay(invoice["invoice_id"], 250, family)
    plan = await seen(town, family, invoice)
    assert (plan["status"], plan["next_part_cents"]) == ("open", 150)
    assert [each["left_cents"] for each in plan["parts"]] == [0, 150, 100]
    assert (await last_told(town)).next_part_cents == 150
    await town.pay(invoice["invoice_id"], 250, family)
    plan = await seen(town, family, invoice)
    assert (plan["status"], plan["next_part_cents"]) == ("closed", None)
    assert [each["left_cents"] for each in plan["parts"]] == [0, 0, 0]


async def ended(town, invoice, act: str) -> None:
    url = f"/agent/invoices/{invoice['invoice_id']}/{act}"
    headers = town.agent | {"Idempotency-Key": str(new_id())}
    answer = await town.service.client.post(url, json={"reason": "Sans suite"}, headers=headers)
    assert answer.status_code in {200, 201}, answer.text


@pytest.mark.parametrize(
    ("act", "status", "paid"),
    [("write-off", "given_up", [True, False, False]), ("cancellation", "void", [False] * 3)],
)
async def test_only_what_came_in_is_paid(town, owing, act, status, paid):
    """Guard: what is written off or cancelled leaves nothing to pay, and no part is paid for it."""
    family, invoice = owing
    await make(town, invoice, PARTS)
    await town.pay(invoice["invoice_id"], 250, family)
    assert [each["is_paid"] for each in (await seen(town, family, invoice))["parts"]] == [True, False, False]
    await ended(town, invoice, act)
    plan = await seen(town, family, invoice)
    assert (plan["status"], [each["left_cents"] for each in plan["parts"]]) == (status, [0, 0, 0])
    assert [each["is_paid"] for each in plan["parts"]] == paid


async def test_without_the_regies_leave_no_part_is_paid_alone(town):
    family = await town.household("Martin")
    invoice = await bill(town, family)
    await make(town, invoice, PARTS)
    assert (await last_told(town)).next_part_cents is None
    assert (await seen(town, family, invoice))["next_part_cents"] is None


async def test_a_part_is_late_when_its_day_is_over(town, owing):
    family, invoice = owing
    await make(town, invoice, PARTS)
    async with moved_clock(town.service.database) as clock:
        await clock.move_to(datetime.now(UTC) + timedelta(days=41))
        plan = await seen(town, family, invoice)
        assert [each["is_late"] for each in plan["parts"]] == [True, True, False]


async def get(town, url: str, who: dict[str, str]) -> list[dict[str, Any]]:
    answer = await town.service.client.get(url, headers=who)
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


async def test_lists_tell_the_next_part_while_a_plan_is_in_force(town, owing):
    """Due on day 30, in parts on days 10, 40 and 70: of the first 200 and 50 more are paid."""
    family, invoice = owing
    await make(town, invoice, PARTS)

    async def told() -> tuple[Any, ...]:
        (each,) = await town.invoices(family, "open")
        mine = await get(town, "/agent/invoices", town.agent)
        assert mine[0]["instalment"] == each["instalment"]
        part = each["instalment"] or {"due_on": None, "left_cents": None, "late_cents": None}
        return each["days_to_due"], part["due_on"], part["left_cents"], part["late_cents"]

    async def unpaid() -> list[tuple[Any, ...]]:
        names = (
            "oldest",
            "up_to_30_cents",
            "late_parts_cents",
            "next_part_on",
            "next_part_cents",
            "due_cents",
        )
        return [tuple(row[name] for name in names) for row in await get(town, "/agent/unpaid", town.agent)]

    assert await told() == (10, PARTS[0]["due_on"], 200, 0)
    await town.pay(invoice["invoice_id"], 250, family)
    assert await told() == (40, PARTS[1]["due_on"], 150, 0)
    overdue = "/agent/invoices?status=overdue"
    async with moved_clock(town.service.database) as clock:
        await clock.move_to(datetime.now(UTC) + timedelta(days=35))
        assert (await told())[0] == 5
        assert await unpaid() == [] and await get(town, overdue, town.agent) == []
        await clock.move_to(datetime.now(UTC) + timedelta(days=45))
        assert await told() == (-5, PARTS[1]["due_on"], 150, 150)
        assert await unpaid() == [(PARTS[1]["due_on"], 150, 150, PARTS[2]["due_on"], 100, 250)]
        assert len(await get(town, overdue, town.agent)) == 1
        await clock.move_to(datetime.now(UTC) + timedelta(days=71))
        assert (await told())[3] == 250
        url = f"/agent/invoices/{invoice['invoice_id']}/instalments/cancellation"
        await clock.move_to(datetime.now(UTC) + timedelta(days=45))
        await town.service.client.post(url, json={"reason": "Renoncé"}, headers=town.agent)
        due_on = f"{TODAY + timedelta(days=30)}"
        assert await told() == (-15, None, None, None)
        assert await unpaid() == [(due_on, 250, 0, None, 0, 250)]


@pytest.mark.parametrize("paid", [0, 100, 200, 201, 400, 450])
async def test_the_list_of_unpaid_counts_parts_as_the_plan_does(town, owing, paid):
    family, invoice = owing
    await make(town, invoice, PARTS)
    if paid:
        await town.pay(invoice["invoice_id"], paid, family)
    plan = await seen(town, family, invoice)
    async with moved_clock(town.service.database) as clock:
        await clock.move_to(datetime.now(UTC) + timedelta(days=75))
        (row,) = await get(town, "/agent/unpaid", town.agent)
    left = [each for each in plan["parts"] if each["left_cents"]]
    assert row["oldest"] == left[0]["due_on"]
    ages = (row["up_to_30_cents"], row["up_to_60_cents"], row["up_to_90_cents"])
    by_day = [plan["parts"][place]["left_cents"] for place in (2, 1, 0)]
    assert (row["late_parts_cents"], ages) == (500 - paid, tuple(by_day))


async def test_it_is_made_anew_and_given_up(town, owing):
    family, invoice = owing
    await make(town, invoice, PARTS)
    await town.pay(invoice["invoice_id"], 100, family)
    assert (await make(town, invoice, PARTS)).status_code == 422
    assert (await make(town, invoice, [part(5, 150), part(9, 250)])).status_code == 200
    assert [each["left_cents"] for each in (await seen(town, family, invoice))["parts"]] == [150, 250]
    url = f"/agent/invoices/{invoice['invoice_id']}/instalments/cancellation"
    for code in (201, 409):
        answer = await town.service.client.post(url, json={"reason": "Renoncé"}, headers=town.agent)
        assert answer.status_code == code
    assert (await seen(town, family, invoice))["status"] == "cancelled"
    assert (await last_told(town)).next_part_cents is None


async def test_what_is_under_a_plan_is_not_reminded(town, owing):
    """Guard: the reminders leave out what has a plan."""
    steps = [{"days": 8, "means": "mail"}]
    await set_regie(town, reminders={"is_on": True, "minimum_cents": 100, "steps": steps})
    _, invoice = owing
    await make(town, invoice, PARTS)
    async with moved_clock(town.service.database) as clock:
        await clock.move_to(datetime.now(UTC) + timedelta(days=60))
        await remind_late(town.service.database)
        assert await town.service.emitted(InvoicesRemindedV1) == []
        url = f"/agent/invoices/{invoice['invoice_id']}/instalments/cancellation"
        await town.service.client.post(url, json={"reason": "Renoncé"}, headers=town.agent)
        await remind_late(town.service.database)
        assert len(await town.service.emitted(InvoicesRemindedV1)) == 1


@pytest.mark.parametrize(
    ("parts", "field"),
    [
        ([part(10, 200), part(40, 200)], "parts"),
        ([part(10, 300), part(10, 200)], "parts.1.due_on"),
        ([part(-1, 300), part(10, 200)], "parts.0.due_on"),
        ([part(10, 300), part(2000, 200)], "parts.1.due_on"),
        ([part(10, 500)], "parts"),
        ([part(10, 0), part(20, 500)], "parts.0.cents"),
    ],
)
async def test_what_cannot_stand_is_told_by_its_part(town, owing, parts, field):
    _, invoice = owing
    refused = await make(town, invoice, parts)
    assert refused.status_code == 422
    assert [each["field"] for each in refused.json()["errors"]] == [field]


async def test_of_a_paid_invoice_nothing_is_split(town, owing):
    family, invoice = owing
    await town.pay(invoice["invoice_id"], 500, family)
    assert (await make(town, invoice, PARTS)).status_code == 409


async def test_parts_that_do_not_sum_up_are_told_with_both_sums(town, owing):
    _, invoice = owing
    refused = await make(town, invoice, [part(5, 150), part(9, 250)])
    [error] = refused.json()["errors"]
    assert error["field"] == "parts" and "4,00" in error["message"] and "5,00" in error["message"]
