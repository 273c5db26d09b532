"""Workers cut off at random statements, messages twice and in any order: each family is billed once.

A cut ends the worker's connection, as the server sees it when the process is killed: what it had begun is
rolled back and its message comes again. Some leases pass meanwhile, so that the chunk is another's when the
worker comes back; runs are paused and resumed. 200 cuts a test run, over small runs.
"""

import asyncio
import random
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from preau.billing import demo
from preau.billing.invariants import INVARIANTS
from preau.billing.runs.periodic import requeue_stuck_chunks
from preau.contracts.billing import RunChunkQueuedV1

FAMILIES = 5
CUTS = 20
"""Of one seed."""
SEEDS = range(10)
LEASE = timedelta(seconds=60)
_CUT = text("""
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid()
    AND state IN ('active', 'idle in transaction')
""")
_LAPSE = text("""
UPDATE run_chunk SET lease_until = now() - interval '1 s' WHERE (run_id, number) IN (
    SELECT run_id, number FROM run_chunk WHERE status IN ('queued', 'working') FOR UPDATE SKIP LOCKED)
""")
_SERIES = text("""
SELECT array_agg(series_number ORDER BY series_number) AS numbers, count(DISTINCT family_id) AS families
FROM invoice WHERE regie_id = :regie_id AND number IS NOT NULL AND period = :period
""")


class Night:
    """A town's workers in a bad night."""

    def __init__(self, town: Any, seed: int) -> None:
        self.town = town
        self.chance = random.Random(seed)  # noqa: S311 - moments, not secrets
        self.cuts = 0

    async def work_off(self, run_id: str, wanted: str) -> None:
        """Have workers take what is queued, in any order and some twice, until the run is ``wanted``."""
        for _ in range(200):
            if (await self.run(run_id))["status"] == wanted:
                return
            waiting = await self.town.service.emitted(RunChunkQueuedV1)
            self.chance.shuffle(waiting)
            for queued in waiting[:6]:
                await self.work(queued)
            await self.misfortune(run_id)
        raise AssertionError(f"the run is never {wanted}: {await self.run(run_id)}")

    async def work(self, queued: RunChunkQueuedV1) -> None:
        hand_over = self.town.service.hand_over
        if self.cuts >= CUTS or self.chance.random() < 0.3:
            await hand_over(queued)
            return
        worker = asyncio.create_task(hand_over(queued))
        await asyncio.sleep(self.chance.random() * 0.06)
        if self.chance.random() < 0.3:
            await self.lapse()  # it is only slow: its chunk is given to another while it goes on
            await worker
            return
        self.cuts += await self.cut()
        worker.cancel()  # the process is gone, too: the broker has the message delivered again
        await asyncio.wait([worker])

    async def cut(self) -> int:
        async with self.town.service.database.transaction(demo.JOLIEVILLE) as session:
            return len((await session.execute(_CUT)).all())

    async def lapse(self) -> None:
        """All leases pass, and the periodic job comes by."""
        async with self.town.service.database.transaction(demo.JOLIEVILLE) as session:
            await session.execute(_LAPSE)
        await requeue_stuck_chunks(self.town.service.database, LEASE)

    async def misfortune(self, run_id: str) -> None:
        """Leases pass, or an agent pauses the run and resumes it."""
        luck = self.chance.random()
        if luck < 0.4:
            await self.lapse()
        elif luck < 0.6:
            for act in ("pause", "resume"):
                url = f"/agent/runs/{run_id}/{act}"
                assert (await self.town.service.client.post(url, headers=self.town.agent)).status_code < 410

    async def run(self, run_id: str) -> dict[str, Any]:
        return (await self.town.service.client.get(f"/agent/runs/{run_id}", headers=self.town.agent)).json()


@pytest.mark.parametrize("seed", SEEDS)
async def test_a_month_is_billed_once_whatever_is_cut_off(town, seed):
    night, families = (
        Night(town, seed),
        [await town.household(f"Famille {n}", children=1) for n in range(FAMILIES)],
    )
    month, billed = 0, 0
    while night.cuts < CUTS:
        month += 1
        period = f"2026-{month:02}"
        for family in families:
            await town.order(family, town.booking(family, date(2026, month, 2)))
        await town.service.forget_emitted()
        run_id = (await town.begin_run(period)).json()["run_id"]
        await night.work_off(run_id, "computed")
        assert (await night.run(run_id))["total_cents"] == FAMILIES * 260
        assert (await town.ask_to_issue(run_id)).status_code == 202
        await night.work_off(run_id, "issued")
        run = await night.run(run_id)
        assert (run["families"], run["invoices_issued"]) == (FAMILIES, FAMILIES)
        billed += await issued(town, period, after=billed)
    async with town.service.database.system_transaction() as session:
        wrong = [
            f"{invariant.says}: {row[0]}"
            for invariant in INVARIANTS
            for row in await session.execute(text(invariant.sql))
        ]
    assert wrong == []


async def issued(town, period: str, *, after: int) -> int:
    """How many invoices the period has: one a family, numbered on without gap ``after`` those before."""
    async with town.service.database.transaction(demo.JOLIEVILLE) as session:
        row = (await session.execute(_SERIES, {"regie_id": demo.MEALS, "period": period})).one()
    assert row.numbers == list(range(after + 1, after + 1 + FAMILIES)) and row.families == FAMILIES
    return len(row.numbers)
