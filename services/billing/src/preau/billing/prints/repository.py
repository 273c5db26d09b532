"""SQL of prints: choosing the invoices, claiming chunks, keeping what became of them."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from preau.billing.copies.tables import FamilyCopy
from preau.billing.invoices.overdue import overdue
from preau.billing.invoices.tables import Invoice, InvoiceLine
from preau.billing.prints.schemas import PrintIn
from preau.billing.prints.tables import PrintChunk, PrintJob
from preau.common.db.filters import equal
from preau.common.db.keyset import Keyset, PageRequest

PRINTS = Keyset(PrintJob.print_id, default="-created_at", keys={"created_at": PrintJob.created_at})
MOST_TRIES = 5

_CLAIM = text("""
UPDATE print_chunk c SET lease_until = clock_timestamp() + CAST(:lease AS interval), tries = c.tries + 1
FROM (
    SELECT w.print_id, w.number FROM print_chunk w
    WHERE w.object_key IS NULL AND coalesce(w.lease_until < clock_timestamp(), true) AND w.tries < :most
        AND EXISTS (SELECT FROM print_job j WHERE j.print_id = w.print_id AND j.status = 'rendering')
    ORDER BY w.print_id, w.number LIMIT 1 FOR UPDATE SKIP LOCKED
) AS next WHERE c.print_id = next.print_id AND c.number = next.number
RETURNING c.print_id, c.number, c.commune_id, c.invoice_ids, c.tries
""")
_KEEP = text("""
UPDATE print_chunk SET object_key = :object_key, lease_until = NULL
WHERE print_id = :print_id AND number = :number AND tries = :tries AND object_key IS NULL RETURNING number
""")
_COUNT = text("UPDATE print_job SET chunks_done = chunks_done + 1 WHERE print_id = :print_id")
_CLAIM_WHOLE = text("""
UPDATE print_job j SET lease_until = clock_timestamp() + CAST(:lease AS interval), tries = j.tries + 1
FROM (
    SELECT w.print_id FROM print_job w
    WHERE w.status = 'rendering' AND w.chunks_done = w.chunks_total AND w.tries < :most
        AND coalesce(w.lease_until < clock_timestamp(), true)
    ORDER BY w.print_id LIMIT 1 FOR UPDATE SKIP LOCKED
) AS next WHERE j.print_id = next.print_id RETURNING j.print_id, j.commune_id, j.tries
""")
_FINISH = text("""
UPDATE print_job SET status = :status, object_key = :object_key, size = :size,
    ready_at = clock_timestamp(), lease_until = NULL
WHERE print_id = :print_id AND tries = :tries AND status = 'rendering' RETURNING print_id
""")
_GIVE_UP = text("""
UPDATE print_job j SET status = :status WHERE j.status = 'rendering' AND (
    j.tries >= :most AND j.lease_until < clock_timestamp()
    OR EXISTS (SELECT FROM print_chunk c WHERE c.print_id = j.print_id AND c.object_key IS NULL
        AND c.tries >= :most AND c.lease_until < clock_timestamp()))
""")


class ClaimedChunk(NamedTuple):
    """A chunk that we render; ``tries`` tells us from whoever had it before."""

    print_id: UUID
    number: int
    commune_id: UUID
    invoice_ids: Sequence[UUID]
    tries: int


class ClaimedPrint(NamedTuple):
    """A print whose chunks we join."""

    print_id: UUID
    commune_id: UUID
    tries: int


async def chosen(session: AsyncSession, asked: PrintIn, today: date, most: int) -> list[UUID]:
    """The issued invoices to print, by the families' names; one more than ``most`` when there are more."""
    query = select(Invoice.invoice_id).where(*_asked(asked, today))
    if asked.delivery != "all":
        query = query.where(_delivery() == asked.delivery)
    ordered = query.order_by(Invoice.family_key, Invoice.number).limit(most + 1)
    return list(await session.scalars(ordered))


async def counted(session: AsyncSession, asked: PrintIn, today: date) -> dict[str, int]:
    """How many issued invoices there are of each way in which they reach their families."""
    way = _delivery()
    rows = await session.execute(select(way, func.count()).where(*_asked(asked, today)).group_by(way))
    return {row[0]: row[1] for row in rows}


def _asked(asked: PrintIn, today: date) -> list[ColumnElement[bool]]:
    """What invoices are as they were asked for, whatever way they go."""
    conditions: list[ColumnElement[bool]] = [
        Invoice.status != "draft",
        *equal(
            (Invoice.run_id, asked.run_id), (Invoice.regie_id, asked.regie_id), (Invoice.period, asked.period)
        ),
    ]
    if asked.which == "open":
        conditions.append(Invoice.due_cents > 0)
    elif asked.which == "overdue":
        conditions += overdue(today)
    return conditions


def _delivery() -> ColumnElement[str]:
    """How an invoice reaches its family; one of before that was noted, as its family's do now."""
    now = select(FamilyCopy.delivery).where(FamilyCopy.family_id == Invoice.family_id).scalar_subquery()
    return func.coalesce(Invoice.delivery, now, "paper")


async def add(session: AsyncSession, job: PrintJob, chunks: Sequence[Sequence[UUID]]) -> PrintJob:
    """Write a print and its chunks."""
    session.add(job)
    await session.flush()  # the chunks refer to it
    for number, ids in enumerate(chunks):
        named = {"print_id": job.print_id, "number": number, "commune_id": job.commune_id}
        session.add(PrintChunk(**named, invoice_ids=list(ids)))
    await session.flush()
    await session.refresh(job)
    return job


async def find(session: AsyncSession, print_id: UUID) -> PrintJob | None:
    return await session.scalar(select(PrintJob).where(PrintJob.print_id == print_id))


async def listed(session: AsyncSession, asked: PageRequest) -> tuple[list[PrintJob], str | None]:
    """A page of the commune's prints, with the cursor of the next one."""
    return await PRINTS.entities(session, select(PrintJob), asked)


async def claim(session: AsyncSession, lease: timedelta) -> ClaimedChunk | None:
    """A chunk that waits, or whose worker was given up; over all communes."""
    row = (await session.execute(_CLAIM, {"lease": lease, "most": MOST_TRIES})).first()
    return ClaimedChunk(*row) if row else None


async def keep_chunk(session: AsyncSession, chunk: ClaimedChunk, object_key: str) -> bool:
    """Note where a chunk lies; ``False`` if it was given to another meanwhile: then nothing is changed."""
    named = {"print_id": chunk.print_id, "number": chunk.number, "tries": chunk.tries}
    if (await session.execute(_KEEP, named | {"object_key": object_key})).first() is None:
        return False
    await session.execute(_COUNT, {"print_id": chunk.print_id})
    return True


async def claim_whole(session: AsyncSession, lease: timedelta) -> ClaimedPrint | None:
    """A print of which every chunk is rendered; over all communes."""
    row = (await session.execute(_CLAIM_WHOLE, {"lease": lease, "most": MOST_TRIES})).first()
    return ClaimedPrint(*row) if row else None


async def finish(session: AsyncSession, whole: ClaimedPrint, status: str, object_key: str, size: int) -> bool:
    """Note where the file lies; ``False`` if another joined it meanwhile."""
    names = {"print_id": whole.print_id, "tries": whole.tries, "status": status}
    done = await session.execute(_FINISH, names | {"object_key": object_key, "size": size})
    return done.first() is not None


async def give_up(session: AsyncSession, status: str) -> None:
    """End the prints of which a part failed time and again; over all communes."""
    await session.execute(_GIVE_UP, {"status": status, "most": MOST_TRIES})


async def object_keys(session: AsyncSession, print_id: UUID) -> list[str]:
    """Where the chunks of a print lie, in their order."""
    query = select(PrintChunk.object_key).where(PrintChunk.print_id == print_id).order_by(PrintChunk.number)
    return [key for key in await session.scalars(query) if key]


async def forget_chunks(session: AsyncSession, print_id: UUID) -> None:
    await session.execute(delete(PrintChunk).where(PrintChunk.print_id == print_id))


async def known_keys(session: AsyncSession, keys: set[str]) -> set[str]:
    """Those of the keys that a print or a chunk names."""
    found: set[str] = set()
    for column in (PrintJob.object_key, PrintChunk.object_key):
        found |= {key for key in await session.scalars(select(column).where(column.in_(keys))) if key}
    return found


async def forget_older(session: AsyncSession, age: timedelta) -> None:
    """Forget the prints made longer ago; the sweeper clears their files."""
    await session.execute(delete(PrintJob).where(PrintJob.created_at < func.now() - age))


async def invoices(session: AsyncSession, ids: Sequence[UUID]) -> list[tuple[Invoice, list[InvoiceLine]]]:
    """Invoices with their lines, in the order of ``ids``."""
    found = {
        each.invoice_id: each
        for each in await session.scalars(select(Invoice).where(Invoice.invoice_id.in_(ids)))
    }
    lines: dict[UUID, list[InvoiceLine]] = {each: [] for each in ids}
    query = select(InvoiceLine).where(InvoiceLine.invoice_id.in_(ids)).order_by(InvoiceLine.position)
    for line in await session.scalars(query):
        lines[line.invoice_id].append(line)
    return [(found[each], lines[each]) for each in ids if each in found]
