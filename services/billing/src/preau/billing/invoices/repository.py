"""SQL of invoices: reading, numbering, changing their status."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select, text, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from preau.billing.copies.families import Delivery
from preau.billing.invoices.domain import FREE, Kind
from preau.billing.invoices.lifecycle import LIVE, PAYABLE, Status
from preau.billing.invoices.tables import Invoice, InvoiceLine
from preau.billing.ledger.domain import EntryKind, Holder
from preau.common.db.database import hot
from preau.common.db.driver import Statement
from preau.common.money import Cents

_TAKE_NUMBERS = text("""
INSERT INTO invoice_series (regie_id, year, commune_id, last) VALUES (:regie_id, :year, :commune_id, :count)
ON CONFLICT (regie_id, year) DO UPDATE SET last = invoice_series.last + excluded.last RETURNING last
""")
_BY_ID = """
unnest(CAST(:ids AS uuid[])) AS n (id) CROSS JOIN LATERAL (
    SELECT * FROM invoice WHERE invoice_id = n.id OFFSET 0
) AS i
"""
"""Invoices, each found by its key: a plan for all at once would rest on statistics of another day."""
_HOLDERS = Statement(f"SELECT invoice_id, commune_id, regie_id, family_id FROM {_BY_ID}")  # noqa: S608
_DRAFTS = Statement("""
SELECT i.*, coalesce((SELECT f.delivery FROM family_copy f WHERE f.family_id = i.family_id), 'paper')
FROM unnest(CAST(:ids AS uuid[])) WITH ORDINALITY AS n (id, place) CROSS JOIN LATERAL (
    SELECT invoice_id, regie_id, regie_label, family_id, kind, period, total_cents, order_id
    FROM invoice WHERE invoice_id = n.id AND status = 'draft' OFFSET 0 FOR NO KEY UPDATE
) AS i ORDER BY n.place
""")
_NUMBER = Statement("""
UPDATE invoice i SET status = CAST(:status AS text), number = n.number,
    series_year = CAST(:year AS integer), series_number = n.position,
    due_cents = greatest(i.total_cents, 0), issued_on = CAST(:issued_on AS date),
    due_date = CAST(:due_date AS date), delivery = n.delivery, version = i.version + 1
FROM unnest(CAST(:ids AS uuid[]), CAST(:numbers AS text[]), CAST(:positions AS integer[]),
    CAST(:deliveries AS text[])) AS n (invoice_id, number, position, delivery)
CROSS JOIN LATERAL (SELECT ctid AS place FROM invoice WHERE invoice_id = n.invoice_id OFFSET 0) AS p
WHERE i.ctid = p.place
""")
_BY_PLACE = (
    "SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off; SET LOCAL enable_material = off"
)
_AS_USUAL = _BY_PLACE.replace("off", "on")
"""Each row at its place: joined, all invoices of the commune would be read."""
_SET_DUE = Statement("""
UPDATE invoice i SET status = m.status, due_cents = m.due_cents, written_off_cents = m.written_off_cents,
    version = i.version + 1
FROM unnest(CAST(:ids AS uuid[]), CAST(:statuses AS text[]), CAST(:dues AS integer[]),
    CAST(:written_off AS integer[])) AS m (invoice_id, status, due_cents, written_off_cents)
WHERE i.invoice_id = m.invoice_id
""")
_RECEIVED = text("""
SELECT invoice_id, sum(amount_cents) FROM posting
WHERE invoice_id = ANY (CAST(:ids AS uuid[])) AND account = 'cash' GROUP BY 1
""")
_WRITTEN_OFF_BEFORE = text("""
SELECT DISTINCT i.invoice_id
FROM invoice n JOIN invoice i ON i.family_id = n.family_id AND i.regie_id = n.regie_id
    AND i.written_off_cents > 0
WHERE n.invoice_id = ANY (CAST(:ids AS uuid[])) AND EXISTS (
    SELECT FROM invoice_line own JOIN invoice_line l ON l.bookings && own.bookings
    WHERE own.invoice_id = n.invoice_id AND l.invoice_id = i.invoice_id)
""")
_ENTER = Statement(f"""
INSERT INTO entry (cause_id, kind, commune_id, regie_id, family_id, day)
SELECT invoice_id, CAST(:kind AS text), commune_id, regie_id, family_id, issued_on FROM {_BY_ID}
""")  # noqa: S608
_POST = Statement(f"""
INSERT INTO posting (cause_id, kind, position, commune_id, account, detail, invoice_id, amount_cents)
SELECT invoice_id, CAST(:kind AS text), 0, commune_id,
    CASE WHEN total_cents > 0 THEN 'receivable' ELSE 'credit' END, '', invoice_id, total_cents
FROM {_BY_ID} WHERE total_cents <> 0
UNION ALL
SELECT invoice_id, CAST(:kind AS text), row_number() OVER (PARTITION BY invoice_id), commune_id, 'revenue',
    coalesce(activity_id::text, :free), invoice_id, -cents
FROM (
    SELECT invoice_id, commune_id, activity_id, sum(amount_cents)::integer AS cents
    FROM unnest(CAST(:ids AS uuid[])) AS n (id) CROSS JOIN LATERAL (
        SELECT * FROM invoice_line WHERE invoice_id = n.id OFFSET 0
    ) AS l GROUP BY 1, 2, 3
) AS r WHERE cents <> 0
""")  # noqa: S608


class Moved(NamedTuple):
    """Where an invoice stands after an entry."""

    invoice_id: UUID
    status: Status
    due_cents: Cents
    written_off_cents: Cents = 0


class Unnumbered(NamedTuple):
    """A draft, locked: what its event will say of it."""

    invoice_id: UUID
    regie_id: UUID
    regie_label: str
    family_id: UUID
    kind: Kind
    period: str
    total_cents: Cents
    order_id: UUID | None
    delivery: Delivery


class NotDrafts(Exception):
    """Some of what was to be issued is no draft: a fault of ours, nothing is written."""


class Issued(NamedTuple):
    """An invoice as it was issued just now: what its event says of it."""

    invoice_id: UUID
    position: int
    number: str
    regie_id: UUID
    regie_label: str
    family_id: UUID
    kind: Kind
    period: str
    total_cents: Cents
    issued_on: date
    due_date: date
    order_id: UUID | None
    delivery: Delivery


async def take_numbers(
    session: AsyncSession, *, commune_id: UUID, regie_id: UUID, year: int, count: int
) -> int:
    """The last of ``count`` fresh numbers. It locks the series until commit: take them late."""
    names = {"commune_id": commune_id, "regie_id": regie_id, "year": year, "count": count}
    return (await session.execute(_TAKE_NUMBERS, names)).scalar_one()


async def lock_drafts(session: AsyncSession, ids: Sequence[UUID]) -> list[Unnumbered]:
    """Drafts in the order of ``ids``, locked until the end of the transaction. Raises `NotDrafts`."""
    rows = await hot(session).rows(_DRAFTS, {"ids": list(ids)})
    if len(rows) != len(ids):
        raise NotDrafts(f"{len(rows)} of {len(ids)} are drafts")
    return [Unnumbered(*row) for row in rows]


async def set_numbers(session: AsyncSession, issued: Sequence[Issued], *, status: Status) -> None:
    """Give drafts of one day that we hold locked their numbers and dates."""
    work = hot(session)
    await work.execute(_BY_PLACE)
    await work.rows(
        _NUMBER,
        {
            "ids": [invoice.invoice_id for invoice in issued],
            "numbers": [invoice.number for invoice in issued],
            "positions": [invoice.position for invoice in issued],
            "deliveries": [invoice.delivery for invoice in issued],
            "status": status,
            "year": issued[0].issued_on.year,
            "issued_on": issued[0].issued_on,
            "due_date": issued[0].due_date,
        },
    )
    await work.execute(_AS_USUAL)


async def read(session: AsyncSession, ids: Sequence[UUID]) -> list[Invoice]:
    """Invoices as they stand now, in the order of their numbers."""
    found = await session.scalars(
        select(Invoice)
        .where(Invoice.invoice_id.in_(ids))
        .order_by(Invoice.series_year, Invoice.series_number)
        .execution_options(populate_existing=True)
    )
    return list(found)


async def lock(session: AsyncSession, invoice_id: UUID) -> Invoice | None:
    """An invoice as it stands, locked until the end of the transaction."""
    return (await lock_all(session, [invoice_id])).get(invoice_id)


async def lock_all(session: AsyncSession, ids: Collection[UUID]) -> dict[UUID, Invoice]:
    """Invoices as they stand, locked in the order of their ids."""
    return await _locked(session, Invoice.invoice_id.in_(ids))


async def lock_owing(
    session: AsyncSession, holders: Collection[Holder], corrected: Collection[UUID] = ()
) -> list[Invoice]:
    """The invoices of which something is due, locked; the one that is due first comes first.

    Those ``corrected`` are among them also where it was written off.
    """
    owing = await _locked(
        session,
        or_(
            and_(Invoice.due_cents > 0, Invoice.status.in_(PAYABLE)),
            and_(Invoice.written_off_cents > 0, Invoice.invoice_id.in_(corrected)),
        ),
        tuple_(Invoice.family_id, Invoice.regie_id).in_(
            [(holder.family_id, holder.regie_id) for holder in holders]
        ),
    )
    return sorted(owing.values(), key=lambda invoice: (invoice.due_date, invoice.number))


async def lock_settled(session: AsyncSession, holder: Holder) -> list[Invoice]:
    """The live month's invoices of which something was paid or set off, locked; the newest first.

    A prepaid one is left out: its bookings are confirmed by what was paid of it. So is one that was written
    off: it is due again only when that is undone; and a credit note, which nobody paid.
    """
    settled = await _locked(
        session,
        Invoice.family_id == holder.family_id,
        Invoice.regie_id == holder.regie_id,
        Invoice.status.in_(LIVE),
        Invoice.kind.not_in(("prepaid", "credit_note")),
        Invoice.total_cents > Invoice.due_cents,
        Invoice.written_off_cents == 0,
    )
    return sorted(settled.values(), key=lambda invoice: invoice.invoice_id, reverse=True)


async def _locked(session: AsyncSession, *conditions: ColumnElement[bool]) -> dict[UUID, Invoice]:
    found = await session.scalars(
        select(Invoice)
        .where(*conditions)
        .order_by(Invoice.invoice_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return {invoice.invoice_id: invoice for invoice in found}


async def holders_of(session: AsyncSession, ids: Collection[UUID]) -> dict[UUID, Holder]:
    """Whose invoices these are."""
    rows = await hot(session).rows(_HOLDERS, {"ids": list(ids)})
    return {row[0]: Holder(row[1], row[2], row[3]) for row in rows}


async def live_of_order(session: AsyncSession, order_id: UUID, bookings: Collection[UUID]) -> list[UUID]:
    """The prepaid invoices of an order that are not cancelled and count one of these bookings."""
    found = await session.scalars(
        select(Invoice.invoice_id)
        .join(InvoiceLine, InvoiceLine.invoice_id == Invoice.invoice_id)
        .where(
            Invoice.order_id == order_id,
            Invoice.kind == "prepaid",
            Invoice.status.in_(LIVE),
            InvoiceLine.bookings.overlap(list(bookings)),
        )
        .order_by(Invoice.invoice_id)
        .distinct()
    )
    return list(found)


async def set_due(session: AsyncSession, moved: Collection[Moved]) -> None:
    """Keep what is due of invoices that we hold locked, and where that leaves them."""
    await hot(session).rows(
        _SET_DUE,
        {
            "ids": [move.invoice_id for move in moved],
            "statuses": [move.status for move in moved],
            "dues": [move.due_cents for move in moved],
            "written_off": [move.written_off_cents for move in moved],
        },
    )


async def received(session: AsyncSession, ids: Sequence[UUID]) -> dict[UUID, Cents]:
    """What payments brought for invoices."""
    if not ids:
        return {}
    return {row[0]: row[1] for row in await session.execute(_RECEIVED, {"ids": list(ids)})}


async def post_issued(session: AsyncSession, ids: Sequence[UUID], kind: EntryKind) -> None:
    """Enter invoices that were issued just now: what they ask for, or owe the family, and their revenue."""
    names = {"ids": list(ids), "kind": kind, "free": FREE}
    await hot(session).rows(_ENTER, names)
    await hot(session).rows(_POST, names)


async def corrections_of(session: AsyncSession, invoice: Invoice) -> list[str]:
    """The numbers of live invoices that came later and count a booking of this one: they correct it."""
    own = aliased(InvoiceLine)
    numbers = await session.scalars(
        select(Invoice.number)
        .join(InvoiceLine, InvoiceLine.invoice_id == Invoice.invoice_id)
        .join(own, InvoiceLine.bookings.overlap(own.bookings))
        .where(
            own.invoice_id == invoice.invoice_id,
            InvoiceLine.family_id == invoice.family_id,
            Invoice.invoice_id != invoice.invoice_id,
            Invoice.regie_id == invoice.regie_id,
            Invoice.status.in_(LIVE),
            Invoice.kind != "credit_note",
            Invoice.created_at > invoice.created_at,
        )
        .order_by(Invoice.number)
        .distinct()
    )
    return [number for number in numbers if number]


async def written_off_before(session: AsyncSession, ids: Sequence[UUID]) -> set[UUID]:
    """The written-off invoices that count bookings of these, which correct them."""
    if not ids:
        return set()
    return set(await session.scalars(_WRITTEN_OFF_BEFORE, {"ids": list(ids)}))


async def due_of(session: AsyncSession, holder: Holder) -> Cents:
    """What a family owes at a régie."""
    query = select(func.coalesce(func.sum(Invoice.due_cents), 0)).where(
        Invoice.family_id == holder.family_id, Invoice.regie_id == holder.regie_id, Invoice.due_cents > 0
    )
    return (await session.execute(query)).scalar_one()


async def bookings_given_back(session: AsyncSession, invoice: Invoice) -> set[UUID]:
    """The bookings of the family that credit notes gave back since the invoice, whoever had billed them."""
    found = await session.scalars(
        select(func.unnest(InvoiceLine.bookings))
        .join(Invoice, Invoice.invoice_id == InvoiceLine.invoice_id)
        .where(
            InvoiceLine.family_id == invoice.family_id,
            Invoice.corrects_invoice_id.is_not(None),
            Invoice.status != "draft",
            Invoice.created_at >= invoice.created_at,
        )
    )
    return set(found)


async def lines(session: AsyncSession, invoice_id: UUID) -> list[InvoiceLine]:
    """An invoice's lines in their order."""
    query = select(InvoiceLine).where(InvoiceLine.invoice_id == invoice_id).order_by(InvoiceLine.position)
    return list(await session.scalars(query))
