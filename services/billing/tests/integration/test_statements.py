"""A statement of account and the journal tell what the ledger holds, at any date."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from preau.billing import demo
from preau.testing.database_clock import moved_clock


async def billed(town) -> tuple[Any, dict[str, Any], Any]:
    """Two meals of 2,60 € billed, one given back, 5,00 € paid: (family, invoice, payment)."""
    family = await town.household("Martin", children=1)
    days = [town.booking(family, date(2026, 3, day)) for day in (2, 3)]
    await town.order(family, *days)
    await town.issue(await town.run())
    (invoice,) = await town.invoices(family)
    payment = await town.pay(invoice["invoice_id"], 500, family)
    await town.change(days[0], "absent_justified")
    await town.service.forget_emitted()
    await town.issue(await town.run(kind="complement"))
    return family, invoice, payment


async def get(town, path: str, headers: dict[str, str] | None = None) -> Any:
    answer = await town.service.client.get(path, headers=headers or town.agent)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_a_family_reads_what_moved_and_what_is_left(town):
    family, invoice, _ = await billed(town)
    path = f"/parent/families/{family.family_id}/accounts"
    (account,) = (await get(town, path, town.parent(family)))["items"]
    assert (account["due_cents"], account["credit_cents"]) == (0, 240)
    told = await get(town, f"{path}/{account['account_id']}/statement", town.parent(family))
    moved = [(each["kind"], each["cents"], each["balance_cents"]) for each in told["movements"]]
    assert moved == [
        ("invoice", 520, 520),
        ("payment", -500, 20),
        ("invoice", -260, -240),
        ("set_off", 0, -240),
    ]
    assert told["movements"][0]["numbers"] == [invoice["number"]]
    assert (told["opening_cents"], told["closing_cents"]) == (0, -240)
    agents = await get(town, f"/agent/accounts/{account['account_id']}/statement")
    assert agents == told


async def test_a_balance_at_a_date_is_what_came_before_it(town):
    family, *_ = await billed(town)
    (account,) = (await get(town, f"/agent/families/{family.family_id}/accounts"))["items"]
    path = f"/agent/accounts/{account['account_id']}/statement"
    tomorrow = datetime.now(UTC).date() + timedelta(days=2)
    later = await get(town, f"{path}?first={tomorrow}&last={tomorrow}")
    assert (later["opening_cents"], later["movements"], later["closing_cents"]) == (-240, [], -240)
    before = await get(town, f"{path}?first=2025-01-01&last=2025-01-02")
    assert (before["opening_cents"], before["closing_cents"]) == (0, 0)


async def test_a_period_that_is_none_is_refused(town):
    family, *_ = await billed(town)
    (account,) = (await get(town, f"/agent/families/{family.family_id}/accounts"))["items"]
    for query, field in (("first=2026-03-02&last=2026-03-01", "last"), ("first=2020-01-01", "first")):
        path = f"/agent/accounts/{account['account_id']}/statement?{query}"
        answer = await town.service.client.get(path, headers=town.agent)
        assert answer.status_code == 422 and field in answer.text, answer.text


async def test_the_journal_of_a_regie_balances_every_day(town):
    await billed(town)
    journal = await get(town, f"/agent/regies/{demo.MEALS}/journal")
    closing = {(each["account"], each["label"] or each["detail"]): each for each in journal["accounts"]}
    assert sum(each["closing_cents"] for each in journal["accounts"]) == 0
    assert closing["cash", "card"]["closing_cents"] == 500
    assert closing["revenue", "Repas"]["closing_cents"] == -260
    assert closing["credit", ""]["closing_cents"] == -240
    assert sum(each["debit_cents"] - each["credit_cents"] for each in journal["days"]) == 0
    # The year after opens with what this one closed with.
    year = datetime.now(UTC).year + 1
    path = f"/agent/regies/{demo.MEALS}/journal?first={year}-01-01&last={year}-12-31"
    opened = {
        (each["account"], each["detail"]): each["opening_cents"]
        for each in (await get(town, path))["accounts"]
    }
    assert opened == {
        (each["account"], each["detail"]): each["closing_cents"] for each in journal["accounts"]
    }


async def test_what_is_past_due_is_told_by_its_age(town):
    """A régie whose invoices are due at once: from the day after, they are past due."""
    patch = {"due_days": 0}
    seen = await get(town, f"/agent/regies/{demo.MEALS}")
    answer = await town.service.client.patch(
        f"/agent/regies/{demo.MEALS}", json=patch, headers=town.agent | {"If-Match": f'"{seen["version"]}"'}
    )
    assert answer.status_code == 200, answer.text
    family = await town.household("Martin", children=1)
    await town.order(family, town.booking(family, date(2026, 3, 2)))
    await town.issue(await town.run())
    assert (await get(town, "/agent/unpaid"))["items"] == []
    ages = ((10, "up_to_30"), (30, "up_to_30"), (31, "up_to_60"), (90, "up_to_90"), (91, "beyond"))
    names = ("not_yet", "up_to_30", "up_to_60", "up_to_90", "beyond")
    async with moved_clock(town.service.database) as clock:
        for days, age in ages:
            await clock.move_to(datetime.now(UTC) + timedelta(days=days))
            (row,) = (await get(town, "/agent/unpaid"))["items"]
            aged = {name: row[f"{name}_cents"] for name in names}
            assert {name: cents for name, cents in aged.items() if cents} == {age: 260}, days
            assert (row["due_cents"], row["family_label"]) == (260, "Martin")
