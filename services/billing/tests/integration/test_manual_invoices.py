"""What agents write by hand is seen first, issued at once, and never taken for what charges bill."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from preau.billing import demo
from preau.billing.invariants import INVARIANTS
from preau.common.ids import new_id
from preau.contracts.billing import InvoiceIssuedV1

MONDAY = date(2026, 3, 2)


@pytest.fixture
async def family(town) -> Any:
    return await town.household("Martin")


def line(**changes: Any) -> dict[str, Any]:
    return {"label": "Carte perdue", "day": f"{MONDAY}", "quantity": 1, "unit_cents": 500} | changes


def body(*lines: dict[str, Any], **changes: Any) -> dict[str, Any]:
    stated = {"regie_id": str(demo.MEALS), "reason": "Carte perdue le 2 mars", "lines": list(lines)}
    return stated | changes


async def write(town, family, *lines: dict[str, Any], key: Any = None, **changes: Any) -> Any:
    return await town.service.client.post(
        f"/agent/families/{family.family_id}/manual-invoices",
        json=body(*lines, **changes),
        headers=town.agent | {"Idempotency-Key": str(key or new_id())},
    )


async def preview(town, family, *lines: dict[str, Any]) -> dict[str, Any]:
    url = f"/agent/families/{family.family_id}/manual-invoices/preview"
    answer = await town.service.client.post(url, json=body(*lines), headers=town.agent)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def holds(town) -> None:
    async with town.service.database.system_transaction() as session:
        for invariant in INVARIANTS:
            assert list(await session.execute(text(invariant.sql))) == [], invariant.says


async def count(town, table: str) -> int:
    async with town.service.database.system_transaction() as session:
        return await session.scalar(text(f"SELECT count(*) FROM {table}"))  # noqa: S608


async def test_it_is_seen_as_it_will_be_and_then_issued(town, family):
    lines = [
        line(),
        line(
            child_id=str(family.child_id),
            activity_id=str(town.REPAS),
            label="",
            quantity=3,
            unit_cents=260,
        ),
    ]
    shown = await preview(town, family, *lines)
    assert (shown["total_cents"], shown["due_cents"], shown["set_off_cents"]) == (1280, 1280, 0)
    assert [(each["label"], each["amount_cents"]) for each in shown["lines"]] == [
        ("Carte perdue", 500),
        ("Repas", 780),
    ]
    assert await count(town, "invoice") == 0
    issued = (await write(town, family, *lines)).json()
    assert (issued["kind"], issued["status"], issued["total_cents"]) == ("manual", "issued", 1280)
    assert issued["number"] and issued["due_date"] == shown["due_date"]
    (told,) = await town.service.emitted(InvoiceIssuedV1)
    assert (told.invoices[0].kind, told.invoices[0].due_cents) == ("manual", 1280)
    detail = (
        await town.service.client.get(f"/agent/invoices/{issued['invoice_id']}", headers=town.agent)
    ).json()
    assert [each["explanation"] for each in detail["lines"]] == ["Carte perdue le 2 mars"] * 2
    assert detail["lines"][0]["child_name"] == "Famille"
    await holds(town)


async def test_what_names_an_activity_is_its_revenue_and_the_rest_is_apart(town, family):
    await write(town, family, line(), line(activity_id=str(town.REPAS)))
    async with town.service.database.system_transaction() as session:
        rows = await session.execute(
            text("SELECT detail, -amount_cents FROM posting WHERE account = 'revenue'")
        )
        assert {row[0]: row[1] for row in rows} == {"free": 500, str(town.REPAS): 500}


async def test_below_zero_it_is_an_avoir_that_pays_what_is_due_and_the_rest_is_owed(town, family):
    await write(town, family, line(unit_cents=300))
    shown = await preview(town, family, line(unit_cents=-500))
    assert (shown["pays_cents"], shown["to_credit_cents"], shown["due_cents"]) == (300, 200, 0)
    issued = (await write(town, family, line(unit_cents=-500))).json()
    assert (issued["total_cents"], issued["status"], issued["due_cents"]) == (-500, "paid", 0)
    assert [(each["credit_cents"], each["why"]) for each in await town.credits()] == [
        (200, "Carte perdue le 2 mars")
    ]
    for kind, total in (("credit_note", [-500]), ("manual", [300])):
        answer = await town.service.client.get(f"/agent/invoices?kind={kind}", headers=town.agent)
        assert [each["total_cents"] for each in answer.json()["items"]] == total, kind
    shown = await preview(town, family, line(unit_cents=300))
    assert (shown["set_off_cents"], shown["due_cents"]) == (200, 100)
    await holds(town)


async def test_it_is_cancelled_as_others_are(town, family):
    issued = (await write(town, family, line(), line(unit_cents=-100))).json()
    await town.pay(issued["invoice_id"], 400, family)
    url = f"/agent/invoices/{issued['invoice_id']}/cancellation"
    made = await town.service.client.post(url, json={"reason": "Retrouvée"}, headers=town.agent)
    assert made.status_code == 201 and made.json()["credit_note"]["total_cents"] == -400
    assert [each["credit_cents"] for each in await town.credits()] == [400]
    kept = {(each["kind"], each["status"]) for each in await town.invoices(family, "paid")}
    assert kept == {("manual", "cancelled"), ("credit_note", "paid")}, "the family still finds both"
    await holds(town)


async def test_the_month_does_not_take_it_for_what_was_billed(town, family):
    await town.order(family, town.booking(family, MONDAY))
    await write(town, family, line(activity_id=str(town.REPAS), unit_cents=-260))
    await town.issue(await town.run())
    kinds = {each["kind"]: each["total_cents"] for each in await town.invoices(family)}
    assert kinds == {"manual": -260, "month_end": 260}
    await holds(town)


async def test_the_same_key_issues_once(town, family):
    """Guard: the idempotency key."""
    key = new_id()
    answers = await asyncio.gather(*(write(town, family, line(), key=key) for _ in range(5)))
    assert {each.status_code for each in answers} <= {201, 409}
    assert await count(town, "invoice") == 1


FAR = f"{datetime.now(UTC).date() + timedelta(days=800)}"
WRONG = [
    (line(unit_cents=0), "unit_cents"),
    (line(unit_cents=10_000_000, quantity=2), "unit_cents"),
    (line(unit_cents=10_000_001), "unit_cents"),
    (line(quantity=0), "quantity"),
    (line(quantity=-1), "quantity"),
    (line(label=""), "label"),
    (line(day=FAR), "day"),
    (line(day="1999-01-01"), "day"),
    (line(child_id=str(new_id())), "child_id"),
    (line(activity_id=str(new_id())), "activity_id"),
]


@pytest.mark.parametrize(("wrong", "field"), WRONG)
async def test_what_is_wrong_is_told_by_its_line(town, family, wrong, field):
    refused = await write(town, family, line(), wrong)
    assert refused.status_code == 422, refused.text
    assert [each["field"] for each in refused.json()["errors"]] == [f"lines.1.{field}"]
    assert await count(town, "invoice") == 0 and await count(town, "entry") == 0


async def test_an_activity_of_another_regie_is_refused(town, family):
    refused = await write(town, family, line(activity_id=str(town.MERCREDI)))
    assert [each["field"] for each in refused.json()["errors"]] == ["lines.0.activity_id"]


async def test_a_reason_a_regie_and_a_family_are_needed(town, family):
    assert (await write(town, family, line(), reason=" ")).json()["errors"][0]["field"] == "reason"
    assert (await write(town, family)).json()["errors"][0]["field"] == "lines"
    unknown = await write(town, family, line(), regie_id=str(new_id()))
    assert unknown.json()["errors"][0]["field"] == "regie_id"
    family.family_id = new_id()
    assert (await write(town, family, line())).status_code == 404
