"""A régie carries small amounts over: they are billed with the next month's end, each charge once."""

import asyncio
from datetime import date
from typing import Any

import pytest
from sqlalchemy import text

from preau.billing import demo
from preau.billing.invariants import INVARIANTS
from preau.billing.runs.chunk_repository import Chunk
from preau.billing.runs.issuing import service as issuing
from preau.contracts.billing import InvoiceIssuedV1, RunChunkQueuedV1
from preau.testing.lock_waits import lock_waits

from .test_issue_in_stages import LEASE

UNDER = 1500
MARCH, APRIL, MAY = "2026-03", "2026-04", "2026-05"


@pytest.fixture
async def carrying(town) -> Any:
    """A town whose régie of meals carries over what is below 15 €."""
    assert (await change_regie(town, UNDER)).status_code == 200
    return town


async def change_regie(town, under: int | None) -> Any:
    return await town.service.client.patch(
        f"/agent/regies/{demo.MEALS}", json={"carry_under_cents": under}, headers=town.agent
    )


async def meals(town, family, *days: date, child: int = 0) -> list[Any]:
    booked = [town.booking(family, day, child=child) for day in days]
    await town.order(family, *booked)
    return booked


async def bill(town, period: str, kind: str = "month_end", **body: Any) -> dict[str, Any]:
    """Compute a run and issue it: as it stands then."""
    await town.service.forget_emitted()
    answer = await town.begin_run(period, kind, **body)
    assert answer.status_code == 202, answer.text
    await town.compute()
    await town.service.forget_emitted()
    issued = await town.issue(answer.json()["run_id"])
    assert issued.status_code == 200, issued.text
    await holds(town)
    return issued.json()


async def run_of(town, run_id: str) -> dict[str, Any]:
    return (await town.service.client.get(f"/agent/runs/{run_id}", headers=town.agent)).json()


async def waiting(town) -> dict[str, Any]:
    return (await town.service.client.get("/agent/carried-months", headers=town.agent)).json()


async def detail(town, family, invoice: dict[str, Any]) -> dict[str, Any]:
    path = f"/parent/families/{family.family_id}/invoices/{invoice['invoice_id']}"
    return (await town.service.client.get(path, headers=town.parent(family))).json()


async def account(town, family) -> dict[str, Any]:
    path = f"/parent/families/{family.family_id}/accounts"
    (found,) = (await town.service.client.get(path, headers=town.parent(family))).json()["items"]
    return found


async def holds(town) -> None:
    """Whatever was carried over, the invariants of the audit hold."""
    async with town.service.database.system_transaction() as session:
        for invariant in INVARIANTS:
            assert (await session.execute(text(invariant.sql))).all() == [], invariant.says


def days_of(lines: list[dict[str, Any]]) -> list[str]:
    return sorted(day for line in lines for day in line["dates"])


async def test_a_small_month_is_billed_with_the_next_one(carrying):
    town = carrying
    martin, durand = await town.household("Martin"), await town.household("Durand")
    # In March the Martins eat twice, the Durands six times.
    await meals(town, martin, date(2026, 3, 2), date(2026, 3, 3))
    await meals(town, durand, *(date(2026, 3, day) for day in range(9, 15)))
    # On the 31st the preview says whom it would carry over.
    run_id = await town.run(MARCH)
    preview = await run_of(town, run_id)
    assert (preview["carry_under_cents"], preview["families"], preview["left_to_issue"]) == (UNDER, 2, 2)
    assert (preview["to_carry"], preview["to_carry_cents"]) == (1, 520)
    await town.service.forget_emitted()
    run = (await town.issue(run_id)).json()
    assert (run["status"], run["invoices_issued"], run["families"], run["total_cents"]) == (
        "issued",
        1,
        1,
        1560,
    )
    assert (run["families_carried"], run["carried_cents"], run["to_carry"]) == (1, 520, 0)
    # The Martins have no invoice; they and the agents see what waits.
    assert await town.invoices(martin) == [] and len(await town.invoices(durand)) == 1
    listed = await waiting(town)
    (month,) = listed["items"]
    assert (listed["families"], listed["total_cents"]) == (1, 520)
    assert (month["family_label"], month["periods"], month["amount_cents"]) == ("Martin", [MARCH], 520)
    seen = await account(town, martin)
    assert (seen["due_cents"], seen["carried_cents"], seen["carried_periods"]) == (0, 520, [MARCH])
    await holds(town)
    # In April they eat five times: one invoice has both months, each day once.
    await meals(town, martin, *(date(2026, 4, day) for day in range(6, 11)))
    april = await bill(town, APRIL)
    assert (april["invoices_issued"], april["families_carried"]) == (1, 0)
    (invoice,) = await town.invoices(martin)
    shown = await detail(town, martin, invoice)
    assert (shown["period"], shown["total_cents"], shown["carried_periods"]) == (APRIL, 7 * 260, [MARCH])
    assert days_of(shown["lines"])[:3] == ["2026-03-02", "2026-03-03", "2026-04-06"]
    assert (await waiting(town))["families"] == 0
    assert (await account(town, martin))["carried_cents"] == 0
    # Complements of both months have nothing to bill.
    for period in (MARCH, APRIL):
        complement = await run_of(town, await town.run(period, "complement"))
        assert (complement["families"], complement["left_carried"]) == (0, 0)


async def test_each_month_has_its_own_prices(carrying):
    """Guard: a month's price is due each month, the quotient and the tariff count as on the day."""
    town = carrying
    monthly = {
        "quantity": {"kind": "month"},
        "rows": [{"price": {"kind": "flat", "amount_cents": 400}}],
    }
    await state(town, "2025-09-01", monthly)
    dearer = monthly | {"rows": [{"price": {"kind": "flat", "amount_cents": 450}}]}
    await state(town, "2026-04-01", dearer)
    martin = await town.household("Martin")
    await meals(town, martin, date(2026, 3, 2), date(2026, 3, 3))
    await meals(town, martin, date(2026, 4, 2), date(2026, 4, 3), date(2026, 4, 7))
    assert (await bill(town, MARCH))["carried_cents"] == 400
    await change_regie(town, 500)
    await bill(town, APRIL)
    (invoice,) = await town.invoices(martin)
    shown = await detail(town, martin, invoice)
    lines = [(line["quantity"], line["unit_cents"], line["dates"]) for line in shown["lines"]]
    assert lines == [(1, 400, ["2026-03-02"]), (1, 450, ["2026-04-02"])]
    assert "4,00" in shown["lines"][0]["explanation"] and "4,50" in shown["lines"][1]["explanation"]


async def state(town, effective_from: str, definition: dict[str, Any]) -> None:
    body = {"activity_id": str(town.REPAS), "effective_from": effective_from, "definition": definition}
    answer = await town.service.client.post("/agent/tariffs", json=body, headers=town.agent)
    assert answer.status_code == 201, answer.text


async def test_what_stays_small_is_carried_on_from_its_first_month(carrying):
    town = carrying
    martin = await town.household("Martin")
    await meals(town, martin, date(2026, 3, 2))
    await bill(town, MARCH)
    await meals(town, martin, date(2026, 4, 2))
    assert (await bill(town, APRIL))["carried_cents"] == 520
    (month,) = (await waiting(town))["items"]
    assert (month["periods"], month["amount_cents"]) == ([MARCH, APRIL], 520)
    await meals(town, martin, *(date(2026, 5, day) for day in range(4, 9)))
    await bill(town, MAY)
    (invoice,) = await town.invoices(martin)
    shown = await detail(town, martin, invoice)
    assert (shown["total_cents"], shown["carried_periods"]) == (7 * 260, [MARCH, APRIL])


async def test_nothing_new_in_the_next_month(carrying):
    """It waits on while it is small; the run that does not carry bills it with nothing of its own month."""
    town = carrying
    martin = await town.household("Martin")
    await meals(town, martin, date(2026, 3, 2))
    await bill(town, MARCH)
    assert (await bill(town, APRIL))["carried_cents"] == 260
    may = await bill(town, MAY, carries=False)
    assert (may["carry_under_cents"], may["invoices_issued"]) == (None, 1)
    (invoice,) = await town.invoices(martin)
    assert (invoice["period"], invoice["total_cents"]) == (MAY, 260)
    assert (await waiting(town))["families"] == 0


async def test_what_is_no_longer_due_waits_no_more(carrying):
    town = carrying
    martin = await town.household("Martin")
    (booked,) = await meals(town, martin, date(2026, 3, 2))
    await bill(town, MARCH)
    await town.change(booked, "cancelled")
    april = await bill(town, APRIL)
    assert (april["invoices_issued"], april["families_carried"]) == (0, 0)
    assert (await waiting(town))["families"] == 0 and await town.invoices(martin) == []
    # What is booked of March afterwards is a complement's.
    await meals(town, martin, date(2026, 3, 5))
    assert (await bill(town, MARCH, "complement"))["invoices_issued"] == 1


async def test_the_threshold_itself_is_issued(carrying):
    town = carrying
    await change_regie(town, 520)
    at, below = await town.household("Moreau"), await town.household("Martin")
    await meals(town, at, date(2026, 3, 2), date(2026, 3, 3))
    await meals(town, below, date(2026, 3, 2))
    run = await bill(town, MARCH)
    assert (run["invoices_issued"], run["families_carried"], run["carried_cents"]) == (1, 1, 260)
    assert [invoice["total_cents"] for invoice in await town.invoices(at)] == [520]


async def test_what_is_nought_or_in_favour_is_not_carried(carrying):
    town = carrying
    martin = await town.household("Martin")
    booked = await meals(town, martin, *(date(2026, 3, day) for day in range(2, 8)))
    # A former version let a complement come before its month.
    run_id = await town.run(MARCH)
    async with town.service.database.transaction(demo.JOLIEVILLE) as session:
        for table in ("billing_run", "invoice"):
            await session.execute(text(f"UPDATE {table} SET kind = 'complement'"))  # noqa: S608
    assert (await town.issue(run_id)).status_code == 200
    await town.change(booked[0], "absent_justified")
    run = await bill(town, MARCH)
    assert (run["invoices_issued"], run["families_carried"], run["total_cents"]) == (1, 0, -260)


async def test_a_late_change_of_a_carried_month_counts(carrying):
    town = carrying
    martin = await town.household("Martin")
    booked = await meals(town, martin, date(2026, 3, 2), date(2026, 3, 3))
    await bill(town, MARCH)
    # On 2 April one of the days turns out to be justified, and another was eaten without a booking.
    await town.change(booked[0], "absent_justified")
    await meals(town, martin, date(2026, 3, 12), date(2026, 3, 13))
    await meals(town, martin, *(date(2026, 4, day) for day in range(6, 10)))
    await town.service.forget_emitted()
    run_id = await town.run(APRIL)
    assert (await run_of(town, run_id))["total_cents"] == 7 * 260
    # What changes of March between the preview and the issue makes the draft stale.
    await town.change(booked[1], "cancelled")
    refused = await town.issue(run_id)
    assert refused.status_code == 409 and refused.json()["type"].endswith("drafts-stale")
    await town.service.forget_emitted()
    await town.service.client.post(f"/agent/runs/{run_id}/recompute", headers=town.agent)
    await town.compute()
    await town.service.forget_emitted()
    assert (await town.issue(run_id)).status_code == 200
    (invoice,) = await town.invoices(martin)
    shown = await detail(town, martin, invoice)
    assert shown["total_cents"] == 6 * 260
    assert days_of(shown["lines"])[:2] == ["2026-03-12", "2026-03-13"]
    await holds(town)


async def test_what_changes_of_a_carried_month_during_the_issue_is_left(carrying):
    """Guard: a stage looks at the carried days too before it issues."""
    town = carrying
    martin = await town.household("Martin")
    await meals(town, martin, date(2026, 3, 2))
    await bill(town, MARCH)
    await meals(town, martin, *(date(2026, 4, day) for day in range(6, 12)))
    await town.service.forget_emitted()
    run_id = await town.run(APRIL)
    await town.service.forget_emitted()
    assert (await town.ask_to_issue(run_id)).status_code == 202
    stages = await town.service.emitted(RunChunkQueuedV1)
    await meals(town, martin, date(2026, 3, 5))
    for stage in stages:
        await town.service.deliver(stage)
    run = await run_of(town, run_id)
    assert (run["status"], run["invoices_issued"]) == ("computed", 0)
    assert (await waiting(town))["families"] == 1


async def test_a_complement_leaves_a_carried_month_alone(carrying):
    town = carrying
    martin, durand = await town.household("Martin"), await town.household("Durand")
    await meals(town, martin, date(2026, 3, 2))
    await meals(town, durand, *(date(2026, 3, day) for day in range(9, 15)))
    await bill(town, MARCH)
    await meals(town, martin, date(2026, 3, 30))
    await meals(town, durand, date(2026, 3, 30))
    await town.service.forget_emitted()
    run_id = await town.run(MARCH, "complement")
    complement = await run_of(town, run_id)
    # It bills 2,60 € at once, for a complement never carries.
    assert (complement["carry_under_cents"], complement["families"], complement["left_carried"]) == (
        None,
        1,
        1,
    )
    await town.service.forget_emitted()
    done = (await town.issue(run_id)).json()
    assert (done["invoices_issued"], done["families_carried"]) == (1, 0)
    assert await town.invoices(martin) == [] and len(await town.invoices(durand)) == 2
    await holds(town)
    await bill(town, APRIL, carries=False)
    assert [invoice["total_cents"] for invoice in await town.invoices(martin)] == [520]


async def test_a_run_may_not_carry(carrying):
    town = carrying
    martin = await town.household("Martin")
    await meals(town, martin, date(2026, 3, 2))
    run = await bill(town, MARCH, carries=False)
    assert (run["invoices_issued"], run["families_carried"], run["carry_under_cents"]) == (1, 0, None)


async def test_a_regie_that_carries_no_more_bills_what_waits(carrying):
    town = carrying
    martin = await town.household("Martin")
    await meals(town, martin, date(2026, 3, 2))
    await bill(town, MARCH)
    assert (await change_regie(town, None)).json()["carry_under_cents"] is None
    assert (await bill(town, APRIL))["invoices_issued"] == 1
    assert len(await town.invoices(martin)) == 1


@pytest.mark.parametrize("under", [0, -1, 10_001])
async def test_a_threshold_has_bounds(town, under: int):
    answer = await change_regie(town, under)
    assert answer.status_code == 422
    assert [each["field"] for each in answer.json()["errors"]] == ["carry_under_cents"]


async def test_another_regie_carries_by_itself(carrying):
    """A month carried by one régie is no other's."""
    town = carrying
    martin = await town.household("Martin")
    await meals(town, martin, date(2026, 3, 2))
    await bill(town, MARCH)
    of_leisure = [town.booking(martin, date(2026, 4, 1), activity=town.MERCREDI)]
    await town.order(martin, *of_leisure)
    leisure = await bill(town, APRIL, regie_id=str(demo.LEISURE))
    assert (leisure["invoices_issued"], leisure["carry_under_cents"]) == (1, None)
    assert (await waiting(town))["families"] == 1
    of_regie = f"/agent/carried-months?regie_id={demo.LEISURE}"
    none = (await town.service.client.get(of_regie, headers=town.agent)).json()
    assert (none["items"], none["families"], none["total_cents"]) == ([], 0, 0)


async def test_stages_at_once_carry_each_family_once(carrying):
    town = carrying
    families = [await town.household(f"Famille {name}") for name in "ABCDE"]
    for family in families:
        await meals(town, family, date(2026, 3, 2))
    run_id = await town.run(MARCH)
    await town.service.forget_emitted()
    assert (await town.ask_to_issue(run_id)).status_code == 202
    stages = await town.service.emitted(RunChunkQueuedV1)
    assert len(stages) == 3
    await asyncio.gather(*(town.service.deliver(stage) for stage in stages for _ in range(2)))
    run = await run_of(town, run_id)
    assert (run["status"], run["families_carried"], run["carried_cents"]) == ("issued", 5, 5 * 260)
    assert (run["families"], run["total_cents"], run["left_to_issue"]) == (0, 0, 0)
    assert (await waiting(town))["families"] == 5
    await holds(town)


async def test_two_months_that_are_issued_at_once_bill_a_carried_day_once(carrying):
    """Guard: `carrying.hold`. April and May both took March up; they are issued at the same moment."""
    town = carrying
    martin = await town.household("Martin")
    await meals(town, martin, date(2026, 3, 2))
    await bill(town, MARCH)
    await meals(town, martin, *(date(2026, 4, day) for day in range(6, 12)))
    await meals(town, martin, *(date(2026, 5, day) for day in range(4, 10)))
    stages = []
    for period in (APRIL, MAY):
        await town.service.forget_emitted()
        run_id = await town.run(period)
        await town.service.forget_emitted()
        assert (await town.ask_to_issue(run_id)).status_code == 202
        (queued,) = await town.service.emitted(RunChunkQueuedV1)
        stages.append(Chunk(queued.aggregate_id, queued.chunk_number, queued.epoch))
    database = town.service.database

    async def issue(stage: Chunk) -> None:
        async with database.transaction(demo.JOLIEVILLE) as session:
            assert await issuing.issue(session, stage, LEASE)

    async with lock_waits(database) as waits, database.transaction(demo.JOLIEVILLE) as session:
        assert await issuing.issue(session, stages[0], LEASE)
        racer = asyncio.create_task(issue(stages[1]))
        await waits.until()
    await racer
    events = await town.service.emitted(InvoiceIssuedV1)
    assert [len(event.invoices) for event in events] == [1]
    april, may = [await run_of(town, str(stage.run_id)) for stage in stages]
    assert (april["status"], may["status"], may["left_to_issue"]) == ("issued", "computed", 1)
    await town.service.forget_emitted()
    await town.service.client.post(f"/agent/runs/{may['run_id']}/recompute", headers=town.agent)
    await town.compute()
    await town.service.forget_emitted()
    await town.issue(may["run_id"])
    assert sorted(each["total_cents"] for each in await town.invoices(martin)) == [6 * 260, 7 * 260]
    await holds(town)


async def test_a_month_that_is_run_late_leaves_what_covers_it_alone(carrying):
    """March and May were billed, April was forgotten: what May carried on has April, too."""
    town = carrying
    martin = await town.household("Martin")
    await meals(town, martin, date(2026, 3, 2))
    await bill(town, MARCH)
    await meals(town, martin, date(2026, 4, 2))
    assert (await bill(town, MAY))["carried_cents"] == 520
    april = await bill(town, APRIL, carries=False)
    assert (april["invoices_issued"], april["left_carried"]) == (0, 1)
    (month,) = (await waiting(town))["items"]
    assert month["periods"] == [MARCH, APRIL, MAY]


async def test_a_draft_of_a_month_that_is_carried_on_meanwhile_is_left(carrying):
    """Guard: `COVERS`. April and May took March up; May was issued first and carried all three on."""
    town = carrying
    martin = await town.household("Martin")
    await meals(town, martin, date(2026, 3, 2))
    await bill(town, MARCH)
    await meals(town, martin, date(2026, 4, 2))
    await town.service.forget_emitted()
    april = await town.run(APRIL)
    assert (await bill(town, MAY))["carried_cents"] == 520
    refused = await town.issue(april)
    assert refused.status_code == 409 and refused.json()["type"].endswith("drafts-stale")
    await town.service.forget_emitted()
    await town.service.client.post(f"/agent/runs/{april}/recompute", headers=town.agent)
    await town.compute()
    run = await run_of(town, april)
    assert (run["status"], run["left_to_issue"], run["left_carried"]) == ("computed", 0, 1)
    await holds(town)


async def test_a_stage_leaves_what_is_carried_on_meanwhile(carrying):
    """Guard: `COVERS` in a stage. Both months are being issued, May's stage comes first."""
    town = carrying
    martin = await town.household("Martin")
    await meals(town, martin, date(2026, 3, 2))
    await bill(town, MARCH)
    await meals(town, martin, date(2026, 4, 2))
    stages = {}
    for period in (APRIL, MAY):
        await town.service.forget_emitted()
        run_id = await town.run(period, **({"carries": False} if period == APRIL else {}))
        await town.service.forget_emitted()
        assert (await town.ask_to_issue(run_id)).status_code == 202
        stages[period] = await town.service.emitted(RunChunkQueuedV1)
    for period in (MAY, APRIL):
        for stage in stages[period]:
            await town.service.deliver(stage)
    april = await run_of(town, str(stages[APRIL][0].aggregate_id))
    assert (april["status"], april["invoices_issued"], april["left_to_issue"]) == ("computed", 0, 1)
    assert (await waiting(town))["total_cents"] == 520
    await holds(town)


async def test_what_a_run_carried_over_does_not_come_back_into_it(carrying):
    """Guard: a chunk that is computed again leaves out whom the run has carried over."""
    town = carrying
    martin, durand = await town.household("Martin"), await town.household("Durand")
    await meals(town, martin, date(2026, 3, 2))
    await meals(town, durand, date(2026, 3, 2))
    run_id = await town.run(MARCH)
    await town.service.forget_emitted()
    await town.ask_to_issue(run_id)
    stages = await town.service.emitted(RunChunkQueuedV1)
    await meals(town, durand, date(2026, 3, 3))
    for stage in stages:
        await town.service.deliver(stage)
    march = await run_of(town, run_id)
    assert (march["status"], march["families_carried"], march["left_to_issue"]) == ("computed", 1, 1)
    await bill(town, APRIL, carries=False)
    await meals(town, martin, date(2026, 3, 4))
    await town.service.forget_emitted()
    await town.service.client.post(f"/agent/runs/{run_id}/recompute", headers=town.agent)
    await town.compute()
    await town.service.forget_emitted()
    done = (await town.issue(run_id)).json()
    assert (done["status"], done["invoices_issued"], done["families_carried"]) == ("issued", 0, 2)
    await holds(town)
    # What came late of a month that is billed is a complement's.
    assert (await bill(town, MARCH, "complement"))["total_cents"] == 260


async def test_one_month_waits_of_a_family_at_most(carrying):
    """April was computed before March was carried over: its small amount is issued, March waits for May."""
    town = carrying
    martin = await town.household("Martin")
    await meals(town, martin, date(2026, 3, 2), date(2026, 4, 2))
    april = await town.run(APRIL)
    assert (await bill(town, MARCH))["carried_cents"] == 260
    issued = (await town.issue(april)).json()
    assert (issued["invoices_issued"], issued["families_carried"], issued["status"]) == (1, 0, "issued")
    (month,) = (await waiting(town))["items"]
    assert month["periods"] == [MARCH]
    await bill(town, MAY, carries=False)
    assert [each["total_cents"] for each in await town.invoices(martin)] == [260, 260]
    await holds(town)


@pytest.mark.parametrize(
    ("breach", "says"),
    [
        (
            "UPDATE carried_month SET ended_by = NULL, outcome = NULL, carried_at = '2026-01-01'",
            "what was carried over and waits was billed by no later run",
        ),
        (
            "UPDATE carried_month SET outcome = 'nothing_due'",
            "what was carried over ended as it says, in a later month's end of the same régie",
        ),
        (
            "UPDATE carried_month SET amount_cents = amount_cents + 1",
            "a run either carries a family's month over or bills it",
        ),
    ],
)
async def test_the_audit_finds_what_was_carried_wrongly(carrying, breach: str, says: str):
    town = carrying
    martin = await town.household("Martin")
    await meals(town, martin, date(2026, 3, 2))
    await bill(town, MARCH)
    await bill(town, APRIL, carries=False)
    async with town.service.database.system_transaction() as session:
        await session.execute(text(breach))
        found = {each.says for each in INVARIANTS if (await session.execute(text(each.sql))).all()}
    assert found == {says}


async def test_who_is_set_aside_waits_on(carrying):
    town = carrying
    martin = await town.household("Martin")
    await meals(town, martin, date(2026, 3, 2))
    await bill(town, MARCH)
    await meals(town, martin, *(date(2026, 4, day) for day in range(6, 12)))
    await town.service.forget_emitted()
    run_id = await town.run(APRIL)
    path = f"/agent/runs/{run_id}/families/{martin.family_id}/set-aside"
    answer = await town.service.client.put(path, json={"reason": "Litige"}, headers=town.agent)
    assert answer.status_code == 200, answer.text
    await town.service.forget_emitted()
    await town.issue(run_id)
    assert (await waiting(town))["families"] == 1
    await holds(town)
    # A complement bills April; March comes with May.
    assert (await bill(town, APRIL, "complement"))["total_cents"] == 6 * 260
    await bill(town, MAY, carries=False)
    assert sorted(each["total_cents"] for each in await town.invoices(martin)) == [260, 6 * 260]


async def test_a_run_given_up_halfway_keeps_what_it_carried(carrying):
    town = carrying
    families = [await town.household(f"Famille {name}") for name in "ABCDE"]
    for family in families:
        await meals(town, family, date(2026, 3, 2))
    run_id = await town.run(MARCH)
    await town.service.forget_emitted()
    await town.ask_to_issue(run_id)
    await town.compute_first()
    for act in ("pause", "discard"):
        await town.service.client.post(f"/agent/runs/{run_id}/{act}", headers=town.agent)
    run = await run_of(town, run_id)
    assert (run["status"], run["families_carried"], run["families"], run["total_cents"]) == (
        "issued",
        2,
        0,
        0,
    )
    await holds(town)
    complement = await bill(town, MARCH, "complement")
    assert (complement["invoices_issued"], complement["left_carried"]) == (3, 2)


async def test_an_invoice_of_several_months_is_cancelled_and_billed_anew(carrying):
    town = carrying
    martin = await town.household("Martin")
    await meals(town, martin, date(2026, 3, 2))
    await bill(town, MARCH)
    await meals(town, martin, *(date(2026, 4, day) for day in range(6, 12)))
    await bill(town, APRIL)
    (invoice,) = await town.invoices(martin)
    url = f"/agent/invoices/{invoice['invoice_id']}/cancellation"
    cancelled = await town.service.client.post(url, json={"reason": "Erreur"}, headers=town.agent)
    assert cancelled.status_code == 201, cancelled.text
    await holds(town)
    for period, cents in ((MARCH, 260), (APRIL, 6 * 260)):
        assert (await bill(town, period, "complement"))["total_cents"] == cents
