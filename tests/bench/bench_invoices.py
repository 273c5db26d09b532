"""The agents' list of invoices over ten years of a commune: half a million of them, ten thousand families.

The reference is the first page of the list as one bare statement along its index. Each way to look for
invoices is told as a multiple of it: names and numbers of which there are few and many, and filters.
"""

import asyncio
import statistics
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import date

from measure import ROUNDS, record

from preau.billing import demo
from preau.billing.app import create_app
from preau.billing.invoices.agent_listing_repository import listed
from preau.billing.invoices.filters import InvoiceFilters
from preau.billing.settings import BillingSettings
from preau.common.db.driver import Connection, connect
from preau.common.db.keyset import PageRequest
from preau.testing.services import ServiceUnderTest, running_service
from preau.testing.town import commune_event

FAMILIES, MONTHS = 10_000, 50
PAGES = 10
TODAY = date(2026, 3, 1)

_FAMILIES = f"""
INSERT INTO family_copy (family_id, commune_id, version, label, record)
SELECT md5('f' || f)::uuid, $1, 1, 'Banc' || f, jsonb_build_object('label', 'Famille Banc' || f, 'guardians',
    jsonb_build_array(jsonb_build_object('first_name', 'Léa', 'last_name', 'Banc' || f)), 'children',
    jsonb_build_array(jsonb_build_object('first_name', 'Lou', 'last_name', 'D’Angelo' || f)))
FROM generate_series(1, {FAMILIES}) AS f
"""  # noqa: S608
_SERIES = f"""
INSERT INTO invoice_series (regie_id, year, commune_id, last)
SELECT $2, year, $1, {FAMILIES * MONTHS // 10} FROM generate_series(2016, 2025) AS year
"""  # noqa: S608
_INVOICES = f"""
INSERT INTO invoice (invoice_id, commune_id, regie_id, regie_label, family_id, kind, period, status, number,
    series_year, series_number, total_cents, due_cents, issued_on, due_date, addressee, issuer)
SELECT md5('i' || n)::uuid, $1, $2, 'Régie', md5('f' || 1 + n % {FAMILIES})::uuid, 'month_end',
    to_char(day, 'YYYY-MM'), CASE WHEN n % 33 = 0 THEN 'issued' ELSE 'paid' END,
    format('RS-%s-%s', year, lpad(place::text, 6, '0')), year, place, 1000 + n % 20000,
    CASE WHEN n % 33 = 0 THEN 1000 + n % 20000 ELSE 0 END, day, day + 30,
    jsonb_build_object('label', 'Banc' || 1 + n % {FAMILIES}), '{{}}'
FROM generate_series(0, {FAMILIES * MONTHS - 1}) AS n
CROSS JOIN LATERAL (SELECT n / {FAMILIES} AS month, 2016 + n / ({FAMILIES} * 5) AS year) AS m
CROSS JOIN LATERAL (
    SELECT make_date(year, 1 + 2 * (month % 5), 1) AS day, 1 + n % ({FAMILIES} * 5) AS place
) AS d
"""  # noqa: S608
_BARE = """
SELECT * FROM invoice WHERE commune_id = $1 AND status <> 'draft'
ORDER BY issued_on DESC, invoice_id DESC LIMIT 51
"""
YEAR = "2024"
ANY, EVERY_NUMBER = 60, 300
"""Ten thousand families' names are looked through; and a year's numbers, where every number may hold it."""
WAYS = {
    "the list": InvoiceFilters(),
    "by a child’s name": InvoiceFilters(q="d'angelo4321"),
    "by a name of everybody": InvoiceFilters(q="banc lea"),
    "by a number": InvoiceFilters(q="rs-2024-31415"),
    "by a part of a number": InvoiceFilters(q="31415"),
    "by a part of every number": InvoiceFilters(q=YEAR),
    "by nothing there is": InvoiceFilters(q="zzzz"),
    "past due": InvoiceFilters(status="overdue"),
    "by an amount": InvoiceFilters(min_cents=4321, max_cents=4321),
    "by what was due long ago": InvoiceFilters(due_from=date(2017, 1, 1), due_to=date(2017, 3, 31)),
}


async def main() -> None:
    async with invoiced() as (service, bare):
        reference = await _median(lambda: bare.fetch(_BARE, demo.JOLIEVILLE))
        for name, filters in WAYS.items():
            took = await _median(lambda filters=filters: _page(service, filters))
            floor = EVERY_NUMBER if filters.q == YEAR else ANY
            record(f"Invoices {name}", took, reference, floor=floor, aim=10, unit="ms", at_most=True)


@asynccontextmanager
async def invoiced() -> AsyncIterator[tuple[ServiceUnderTest, Connection]]:
    async with running_service("billing", create_app, BillingSettings) as service:
        await demo.seed(service.database)
        await service.deliver(commune_event(demo.JOLIEVILLE))
        owner = await connect(service.addresses.owner_url)
        try:
            await owner.execute("SELECT set_config('preau.commune_id', $1, false)", str(demo.JOLIEVILLE))
            await owner.execute(_FAMILIES, demo.JOLIEVILLE)
            for statement in (_SERIES, _INVOICES):
                await owner.execute(statement, demo.JOLIEVILLE, demo.MEALS)
            await owner.execute("VACUUM ANALYZE invoice, family_copy")
            yield service, owner
        finally:
            await owner.close()


async def _page(service: ServiceUnderTest, filters: InvoiceFilters) -> None:
    async with service.database.transaction(demo.JOLIEVILLE) as session:
        await listed(session, PageRequest("-issued_on", None, 50), filters, TODAY)


async def _median(page: Callable[[], Awaitable[object]]) -> float:
    """Milliseconds a page."""
    rounds: list[float] = []
    await page()
    for _ in range(ROUNDS):
        began = time.perf_counter()
        for _ in range(PAGES):
            await page()
        rounds.append((time.perf_counter() - began) * 1000 / PAGES)
    return statistics.median(rounds)


if __name__ == "__main__":
    asyncio.run(main())
