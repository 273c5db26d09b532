"""Invoices are issued stage by stage: whatever happens in between, each once, and no number is lost."""

import asyncio
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text

from preau.billing import demo
from preau.billing.runs import chunk_repository
from preau.billing.runs.chunk_repository import Chunk
from preau.billing.runs.issuing import service as issuing
from preau.billing.runs.periodic import requeue_stuck_chunks
from preau.contracts.billing import InvoiceIssuedV1, RunChunkQueuedV1
from preau.testing.lock_waits import lock_waits

LEASE = timedelta(seconds=60)
LABELS = ("Petit", "Martin", "Durand", "Bernard", "Moreau")


async def computed(town) -> tuple[str, dict[str, Any]]:
    """Five families in three chunks, and so three stages, of a run that is computed; nothing is queued."""
    families = {label: await town.household(label, children=1) for label in LABELS}
    for family in families.values():
        await town.order(family, town.booking(family, date(2026, 3, 2)))
    run_id = await town.run()
    await town.service.forget_emitted()
    return run_id, families


async def asked(town, run_id: str) -> list[RunChunkQueuedV1]:
    """Ask for the issue: the stages that wait, in their order."""
    answer = await town.ask_to_issue(run_id)
    assert (answer.status_code, answer.json()["status"]) == (202, "issuing"), answer.text
    return await queued(town)


async def queued(town) -> list[RunChunkQueuedV1]:
    waiting = await town.service.emitted(RunChunkQueuedV1)
    await town.service.forget_emitted()
    return sorted(waiting, key=lambda each: each.chunk_number)


async def act(town, run_id: str, name: str) -> dict[str, Any]:
    answer = await town.service.client.post(f"/agent/runs/{run_id}/{name}", headers=town.agent)
    assert answer.status_code in (200, 202), answer.text
    return answer.json()


async def run_of(town, run_id: str) -> dict[str, Any]:
    return (await town.service.client.get(f"/agent/runs/{run_id}", headers=town.agent)).json()


async def labels(town) -> list[str]:
    """Whose invoices were issued, in the order of their numbers, which have no gap."""
    async with town.service.database.transaction(demo.JOLIEVILLE) as session:
        rows = (
            await session.execute(
                text(
                    "SELECT series_number, addressee ->> 'label' FROM invoice WHERE regie_id = :regie_id"
                    " AND number IS NOT NULL ORDER BY 1"
                ),
                {"regie_id": demo.MEALS},
            )
        ).all()
    assert [number for number, _ in rows] == list(range(1, len(rows) + 1))
    return [label for _, label in rows]


def is_sorted(names: list[str]) -> bool:
    return names == sorted(names)


async def test_the_numbers_follow_the_names_over_all_stages(town):
    run_id, _ = await computed(town)
    stages = await asked(town, run_id)
    assert [(each.task, each.chunk_number) for each in stages] == [("issue", 1), ("issue", 2), ("issue", 3)]
    for stage in stages:
        await town.service.deliver(stage)
    run = await run_of(town, run_id)
    assert (run["status"], run["stages_done"], run["invoices_issued"]) == ("issued", 3, 5)
    issued = await labels(town)
    assert len(issued) == 5 and is_sorted(issued)


async def test_a_stage_that_comes_twice_issues_nothing_more(town):
    run_id, _ = await computed(town)
    first, second, third = await asked(town, run_id)
    for stage in (first, first, second, first, third, third):
        await town.service.deliver(stage)
    events = await town.service.emitted(InvoiceIssuedV1)
    assert sorted(len(event.invoices) for event in events) == [1, 2, 2]
    assert len(await labels(town)) == 5


async def test_what_is_issued_stays_when_the_rest_is_interrupted_and_resumed(town):
    run_id, _ = await computed(town)
    first, second, third = await asked(town, run_id)
    await town.service.deliver(first)
    run = await run_of(town, run_id)
    assert (run["status"], run["stages_done"], run["invoices_issued"]) == ("issuing", 1, 2)
    paused = await act(town, run_id, "pause")
    assert paused["status"] == "issue_paused"
    await town.service.deliver(second)
    assert len(await labels(town)) == 2
    resumed = await act(town, run_id, "resume")
    assert resumed["status"] == "issuing"
    again = await queued(town)
    assert [each.chunk_number for each in again] == [2, 3]
    await town.service.deliver(third)
    assert len(await labels(town)) == 2, "a message of before the pause does nothing"
    for stage in again:
        await town.service.deliver(stage)
    assert (await run_of(town, run_id))["status"] == "issued"
    assert len(await labels(town)) == 5


async def test_computing_is_paused_and_resumed(town):
    families = [await town.household(label, children=1) for label in LABELS]
    for family in families:
        await town.order(family, town.booking(family, date(2026, 3, 2)))
    run_id = (await town.begin_run()).json()["run_id"]
    first, second, third = await queued(town)
    await town.service.deliver(first)
    assert (await act(town, run_id, "pause"))["status"] == "compute_paused"
    for late in (second, third):
        await town.service.deliver(late)
    await requeue_stuck_chunks(town.service.database, timedelta(0))
    assert await queued(town) == []
    run = await run_of(town, run_id)
    assert (run["status"], run["chunks_done"], run["families"]) == ("compute_paused", 1, 2)
    assert (await town.issue(run_id)).status_code == 409
    assert (await act(town, run_id, "resume"))["status"] == "computing"
    for chunk in await queued(town):
        await town.service.deliver(chunk)
    run = await run_of(town, run_id)
    assert (run["status"], run["chunks_done"], run["families"]) == ("computed", 3, 5)
    assert (await town.issue(run_id)).json()["status"] == "issued"


async def test_what_changes_while_stages_are_issued_is_left_and_made_again(town):
    run_id, families = await computed(town)
    first, *others = await asked(town, run_id)
    await town.service.deliver(first)
    late = (await labels(town), families["Petit"])[1]
    await town.order(late, town.booking(late, date(2026, 3, 3)))
    for stage in others:
        await town.service.deliver(stage)
    run = await run_of(town, run_id)
    assert (run["status"], run["invoices_issued"], run["families"]) == ("computed", 4, 5)
    assert run["total_cents"] == 5 * 260
    refused = await town.issue(run_id)
    assert refused.status_code == 409 and "Petit" in refused.json()["detail"]
    assert (await act(town, run_id, "recompute"))["status"] == "computing"
    await town.compute()
    run = await run_of(town, run_id)
    assert (run["status"], run["families"], run["total_cents"]) == ("computed", 5, 6 * 260)
    done = (await town.issue(run_id)).json()
    assert (done["status"], done["invoices_issued"]) == ("issued", 5)
    assert (await labels(town))[-1] == "Petit" and len(await labels(town)) == 5
    assert [invoice["total_cents"] for invoice in await town.invoices(late)] == [520]


async def test_what_is_left_can_be_given_up(town):
    run_id, families = await computed(town)
    first, *_ = await asked(town, run_id)
    await town.service.deliver(first)
    await act(town, run_id, "pause")
    closed = await act(town, run_id, "discard")
    assert (closed["status"], closed["families"], closed["total_cents"]) == ("issued", 2, 520)
    issued = await labels(town)
    assert len(issued) == 2
    run_id = await town.run(kind="complement")
    assert (await town.issue(run_id)).json()["invoices_issued"] == 3
    assert sorted(await labels(town)) == sorted(families)


async def test_a_worker_that_comes_back_late_issues_nothing(town):
    run_id, _ = await computed(town)
    first, *others = await asked(town, run_id)
    late = Chunk(UUID(run_id), first.chunk_number, first.epoch)
    async with town.service.database.transaction(demo.JOLIEVILLE) as session:
        assert await chunk_repository.claim(session, late, LEASE)
        await session.execute(
            text("UPDATE run_chunk SET lease_until = now() - interval '1 s' WHERE number = :number"),
            {"number": first.chunk_number},
        )
    await requeue_stuck_chunks(town.service.database, LEASE)
    (again,) = await queued(town)
    assert (again.chunk_number, again.epoch, again.task) == (1, first.epoch + 1, "issue")
    async with town.service.database.transaction(demo.JOLIEVILLE) as session:
        assert not await issuing.issue(session, late, LEASE)
    assert await labels(town) == []
    for stage in (again, *others):
        await town.service.deliver(stage)
    assert len(await labels(town)) == 5


async def test_stages_issued_at_once_share_the_series(town):
    run_id, _ = await computed(town)
    stages = await asked(town, run_id)
    await asyncio.gather(*(town.service.deliver(stage) for stage in stages for _ in range(2)))
    assert (await run_of(town, run_id))["status"] == "issued"
    assert sorted(await labels(town)) == sorted(LABELS)


async def test_a_run_of_nobody_is_issued_at_once(town):
    run_id = await town.run()
    answer = await town.ask_to_issue(run_id)
    assert (answer.status_code, answer.json()["status"]) == (202, "issued")


async def test_two_acts_on_a_run_come_one_after_the_other(town):
    """Guard: chunks are locked before their run (`service.lock`); without it the two deadlocked."""
    run_id, _ = await computed(town)
    database = town.service.database
    async with lock_waits(database) as waits:
        async with database.transaction(demo.JOLIEVILLE) as session:
            await session.execute(
                text("SELECT 1 FROM billing_run WHERE run_id = :run_id FOR UPDATE"), {"run_id": run_id}
            )
            issuing_it = asyncio.create_task(town.ask_to_issue(run_id))
            await waits.until()
            url = f"/agent/runs/{run_id}/discard"
            discarding = asyncio.create_task(town.service.client.post(url, headers=town.agent))
            await waits.until(2)
        issued, discarded = await issuing_it, await discarding
    assert (issued.status_code, issued.json()["status"]) == (202, "issuing")
    assert (discarded.status_code, discarded.json()["type"].rpartition("/")[2]) == (409, "run-not-ready")
