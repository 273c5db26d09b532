"""The month's end near the limit: 10,000 families of two children with 20 charges each, priced and written.

The reference inserts, on the same server, as many invoices, lines and rows of charges, with their keys and
one index more each, and nothing else. Then: two workers against one, with fresh statistics against without,
and numbering and publishing the invoices against a bare update that numbers them.
"""

import asyncio
import resource
import time
from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from uuid import UUID

from bench_booking import superuser_url
from measure import compare, record

from preau.billing import demo
from preau.billing.app import create_app
from preau.billing.runs import chunk_repository, service
from preau.billing.runs.chunk_repository import Chunk
from preau.billing.runs.computing import service as computing
from preau.billing.runs.issuing import service as issuing
from preau.billing.settings import BillingSettings
from preau.billing.tariffs.definition import DEFINITION
from preau.billing.tariffs.domain import price
from preau.billing.tariffs.facts import PriceFacts
from preau.common.db.driver import Connection, connect
from preau.contracts.reservations import ActivityUpdatedV1
from preau.testing.services import ServiceUnderTest, running_service
from preau.testing.town import commune_event

FAMILIES = 10_000
DAYS = 20
"""Charges a child, in one month."""
PERIOD = "2026-03"
MEAL = UUID("01900000-0000-7000-8000-0000000000c1")
CHUNK: int = BillingSettings.model_fields["chunk_families"].default
LEASE = timedelta(seconds=60)

_FAMILIES = """
INSERT INTO family_copy (family_id, commune_id, version, label, record, addressee)
SELECT new_id(), $1, 1, 'Famille ' || n, '{}', jsonb_build_object('label', 'Famille ' || n,
    'name', 'Mme Banc', 'street', '1 rue du Banc', 'postal_code', '35000', 'city', 'Joliville')
FROM generate_series(1, $2::integer) AS n
"""
_CHILDREN = """
INSERT INTO child_period (family_id, child_id, valid_from, valid_to, commune_id, name, residency, category,
    counts, rank, children, quotients)
SELECT family_id, new_id(), '-infinity', 'infinity', commune_id, 'Enfant ' || rank,
    CASE WHEN hashtext(family_id::text) % 10 = 0 THEN 'non_resident' ELSE 'resident' END, 'elementary', true,
    rank, 2, array_fill(100 * (abs(hashtext(family_id::text)) % 1500), ARRAY[4])
FROM family_copy, generate_series(1, 2) AS rank WHERE commune_id = $1
"""
_CHARGES = """
INSERT INTO charge (booking_id, commune_id, booking_version, family_id, child_id, activity_id, service_date,
    status, payment_mode, units)
SELECT new_id(), commune_id, 1, family_id, child_id, $2, date '2026-03-01' + n, 'confirmed', 'month_end', 1
FROM child_period, generate_series(1, $3::integer) AS n WHERE commune_id = $1
"""
_REFERENCE_TABLES = """
DROP TABLE IF EXISTS bench_invoice, bench_line, bench_charge;
CREATE TABLE bench_invoice (id uuid PRIMARY KEY, family_id uuid, total integer, addressee jsonb);
CREATE INDEX ON bench_invoice (family_id);
CREATE TABLE bench_line (id uuid PRIMARY KEY, invoice_id uuid, quantity integer, unit integer,
    explanation text);
CREATE INDEX ON bench_line (invoice_id);
CREATE TABLE bench_charge (line_id uuid, booking_id uuid, day date, units integer, amount integer,
    PRIMARY KEY (line_id, booking_id));
CREATE INDEX ON bench_charge (booking_id);
"""
_REFERENCE = """
INSERT INTO bench_invoice SELECT family_id, family_id, 1000, addressee FROM family_copy;
INSERT INTO bench_line SELECT child_id, family_id, 20, 260, 'QF 612 → tranche B 2,60 €' FROM child_period;
INSERT INTO bench_charge SELECT child_id, booking_id, service_date, 1, 260 FROM charge;
"""


_NUMBER = """
UPDATE invoice SET status = 'issued', number = 'RS-2026-' || n.place, series_year = 2026,
    series_number = n.place, issued_on = current_date, due_date = current_date, version = version + 1
FROM (SELECT invoice_id, row_number() OVER (ORDER BY addressee ->> 'label', invoice_id) AS place FROM invoice)
    AS n
WHERE n.invoice_id = invoice.invoice_id
"""


class Month:
    """A commune's month, ready to be billed again and again."""

    def __init__(self, billing: ServiceUnderTest, admin: Connection) -> None:
        self.billing, self.admin = billing, admin

    async def fill(self, families: int) -> None:
        """Families and their charges, with fresh statistics."""
        await self.admin.execute("TRUNCATE family_copy, child_period, charge")
        await self.admin.execute(_FAMILIES, demo.JOLIEVILLE, families)
        await self.admin.execute(_CHILDREN, demo.JOLIEVILLE)
        await self.admin.execute(_CHARGES, demo.JOLIEVILLE, MEAL, DAYS)
        await self.admin.execute("VACUUM ANALYZE")

    async def forget(self) -> None:
        """No run has been, nothing is billed."""
        await self.admin.execute(
            "TRUNCATE billing_run, run_family, run_child, run_chunk, run_anomaly, invoice, entry, posting"
            " CASCADE"
        )
        await self.admin.execute("DELETE FROM outbox; DELETE FROM invoice_series")

    async def begin(self) -> list[Chunk]:
        async with self.billing.database.transaction(demo.JOLIEVILLE) as session:
            run = await service.begin(
                session,
                commune_id=demo.JOLIEVILLE,
                regie_id=demo.MEALS,
                period=PERIOD,
                kind="month_end",
                carries=False,
                size=CHUNK,
                lease=LEASE,
            )
        return [Chunk(run.run_id, number, 1) for number in range(1, run.chunks_total + 1)]

    async def compute(self, chunks: Sequence[Chunk]) -> None:
        """What one worker does with the chunks, one after the other."""
        for chunk in chunks:
            async with self.billing.database.transaction(demo.JOLIEVILLE) as session:
                await chunk_repository.claim(session, chunk, LEASE)
            async with self.billing.database.transaction(demo.JOLIEVILLE) as session:
                await computing.compute(session, chunk, LEASE)

    async def seconds(self, workers: int = 1) -> float:
        """Seconds that so many workers take to compute the month."""
        await self.forget()
        chunks = await self.begin()
        started = time.perf_counter()
        await asyncio.gather(*(self.compute(chunks[number::workers]) for number in range(workers)))
        return time.perf_counter() - started

    async def issue(self, workers: int = 1) -> float:
        """Seconds that numbering and publishing the month takes: asking for it, and all stages."""
        run_id = await self.admin.fetchval("SELECT run_id FROM billing_run")
        started = time.perf_counter()
        async with self.billing.database.transaction(demo.JOLIEVILLE) as session:
            run = await service.issue(session, run_id, lease=LEASE)
        stages = [Chunk(run_id, number, 2) for number in range(1, run.chunks_total + 1)]
        await asyncio.gather(*(self.stages(stages[number::workers]) for number in range(workers)))
        return time.perf_counter() - started

    async def stages(self, stages: Sequence[Chunk]) -> None:
        """What one worker does with the stages, one after the other."""
        for stage in stages:
            async with self.billing.database.transaction(demo.JOLIEVILLE) as session:
                await chunk_repository.claim(session, stage, LEASE)
            async with self.billing.database.transaction(demo.JOLIEVILLE) as session:
                await issuing.issue(session, stage, LEASE)

    async def reference(self) -> float:
        """Seconds of the bare inserts."""
        await self.admin.execute(_REFERENCE_TABLES)
        started = time.perf_counter()
        await self.admin.execute(_REFERENCE)
        return time.perf_counter() - started

    async def bare_update(self) -> float:
        """Seconds of a bare update that gives as many invoices their numbers, and nothing else."""
        await self.seconds()
        started = time.perf_counter()
        await self.admin.execute(_NUMBER)
        return time.perf_counter() - started


async def measure(month: Month) -> None:
    await month.fill(FAMILIES)
    await month.seconds()

    async def one() -> float:
        return FAMILIES / await month.seconds()

    async def two() -> float:
        return FAMILIES / await month.seconds(2)

    async def bare() -> float:
        return FAMILIES / await month.reference()

    async def stale() -> float:
        await month.admin.execute(
            "DELETE FROM pg_statistic WHERE starelid IN ('charge'::regclass, 'child_period'::regclass,"
            " 'run_family'::regclass, 'run_child'::regclass, 'invoice'::regclass, 'invoice_line'::regclass)"
        )
        return await month.seconds()

    async def fresh() -> float:
        await month.admin.execute("ANALYZE")
        return await month.seconds()

    async def issued() -> float:
        await month.seconds()
        return FAMILIES / await month.issue()

    async def updated() -> float:
        return FAMILIES / await month.bare_update()

    name = f"invoices/s computed, {FAMILIES} families"
    await compare(f"{name} ÷ bare inserts", one, bare, floor=0.5, aim=1.0, unit="/s")
    await compare(f"{name}, two workers ÷ one", two, one, floor=1.6, aim=1.8, unit="/s")
    await compare(
        "computing without fresh statistics ÷ with", stale, fresh, floor=1.3, aim=1.1, unit="s", at_most=True
    )
    await compare(
        "invoices/s issued ÷ bare update that numbers them", issued, updated, floor=0.3, aim=0.6, unit="/s"
    )


async def end_to_end(month: Month) -> None:
    """A month of ten times as many families: begun, computed and issued by two workers, memory watched."""
    await month.fill(10 * FAMILIES)
    await month.forget()
    started = time.perf_counter()
    chunks = await month.begin()
    begun = time.perf_counter()
    await month.compute(chunks[:10])
    before = resident_megabytes()
    await asyncio.gather(*(month.compute(chunks[10 + number :: 2]) for number in range(2)))
    computed = time.perf_counter()
    issued = await month.issue(2)
    grown = resident_megabytes() - before
    took = time.perf_counter() - started
    print(f"begun in {begun - started:.1f} s, computed in {computed - begun:.1f} s, issued in {issued:.1f} s")
    name = f"{10 * FAMILIES} families end to end"
    record(name, took, 1, floor=90, aim=25, unit="s", at_most=True)
    record(f"{name}, growth of the worker", grown, 1, floor=100, aim=20, unit="MB", at_most=True)


def resident_megabytes() -> float:
    """What the process holds in memory."""
    with Path("/proc/self/statm").open() as statm:
        return int(statm.read().split()[1]) * resource.getpagesize() / 2**20


def price_of_a_key() -> None:
    """Processor time of one price with its explanation, over keys that differ."""
    (definition,) = (stated for _, activity_id, stated in demo.TARIFFS if activity_id == MEAL)
    tariff = DEFINITION.validate_python(definition)
    keys = [PriceFacts(quotient=Decimal(cents) / 100, rank=1 + cents % 3) for cents in range(0, 150_000, 15)]
    started = time.process_time()
    for facts in keys:
        price(tariff, facts)
    took = (time.process_time() - started) * 1e6 / len(keys)
    record("price of one key, µs of processor", took, 1, floor=40, aim=15, unit="µs", at_most=True)


async def main() -> None:
    price_of_a_key()
    async with running_service("billing", create_app, BillingSettings) as billing:
        await billing.deliver(commune_event(demo.JOLIEVILLE))
        await demo.seed(billing.database)
        await billing.deliver(
            ActivityUpdatedV1(
                commune_id=demo.JOLIEVILLE,
                aggregate_id=MEAL,
                site_id=MEAL,
                site_label="Cantine",
                label="Repas",
                regie_id=demo.MEALS,
            )
        )
        admin = await connect(superuser_url(billing.addresses))
        month = Month(billing, admin)
        await measure(month)
        await end_to_end(month)
        await admin.close()


if __name__ == "__main__":
    asyncio.run(main())
