"""SQL of reminders: making those that are due, listing them, noting who handed them over."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from preau.billing.invoices.instalments.tables import InstalmentPlan
from preau.billing.invoices.lifecycle import PAYABLE
from preau.billing.invoices.overdue import CIVIL_DAY, FEW_ARE_LATE, PURSUED
from preau.billing.invoices.tables import Invoice
from preau.billing.regies.reminding import Means
from preau.billing.reminders.tables import Reminder
from preau.common.db.database import hot
from preau.common.db.driver import Statement
from preau.common.db.filters import equal
from preau.common.db.keyset import Keyset, PageRequest

BATCH = 500
_MAKE = Statement(f"""
WITH late AS (
    SELECT i.invoice_id, i.commune_id, i.regie_id, i.family_id, i.due_cents, s.step, s.days, t.today,
        CASE
            WHEN s.means = 'mail' AND (
                SELECT f.delivery FROM family_copy f WHERE f.family_id = i.family_id
            ) = 'paper' THEN 'letter' ELSE s.means
        END AS means
    FROM regie r
    {CIVIL_DAY}
    CROSS JOIN LATERAL ROWS FROM (
        jsonb_to_recordset(r.reminders -> 'steps') AS (days integer, means text)
    ) WITH ORDINALITY AS s (days, means, step)
    JOIN invoice i ON i.regie_id = r.regie_id AND i.due_date <= t.today - s.days
    LEFT JOIN LATERAL (
        SELECT m.step, m.made_on FROM reminder m WHERE m.invoice_id = i.invoice_id
        ORDER BY m.step DESC LIMIT 1
    ) AS last ON true
    WHERE (r.reminders -> 'is_on')::boolean AND {PURSUED}
        AND i.due_cents >= (r.reminders -> 'minimum_cents')::integer
        AND s.step = coalesce(last.step, 0) + 1
        AND (last.step IS NULL
            OR t.today >= last.made_on + s.days - (r.reminders -> 'steps' -> (last.step - 1) ->> 'days')::int)
    ORDER BY r.regie_id, i.family_id LIMIT CAST(:most AS integer) FOR UPDATE OF i SKIP LOCKED
)
INSERT INTO reminder (commune_id, regie_id, family_id, invoice_id, step, days, means, due_cents, made_on)
SELECT commune_id, regie_id, family_id, invoice_id, step, days, means, due_cents, today FROM late
ON CONFLICT DO NOTHING
RETURNING reminder_id, commune_id, regie_id, family_id, invoice_id, means
""")  # noqa: S608 - constants only
REMINDERS = Keyset(
    Reminder.reminder_id,
    default="-made_on",
    keys={"made_on": Reminder.made_on, "family": Invoice.family_key},
)


class Made(NamedTuple):
    """A reminder that was made just now."""

    reminder_id: UUID
    commune_id: UUID
    regie_id: UUID
    family_id: UUID
    invoice_id: UUID
    means: Means


class ToSend(NamedTuple):
    """A letter that waits: the invoices of a family at a régie that it reminds of."""

    regie_id: UUID
    family_id: UUID
    invoice_ids: list[UUID]


class Listed(NamedTuple):
    """A reminder, and its invoice as it stands."""

    reminder: Reminder
    invoice: Invoice


async def make(session: AsyncSession) -> list[Made]:
    """Make the next step of invoices whose day has come, over all communes; at most `BATCH`.

    Whom no mail may reach gets a letter instead. After a step the next one waits as long as the calendar has
    between them, however late the invoice is. An invoice that somebody moves at this moment waits for the
    next round.
    """
    work = hot(session)
    await work.execute(FEW_ARE_LATE)
    rows = await work.rows(_MAKE, {"payable": sorted(PAYABLE), "most": BATCH})
    return [Made(*row) for row in rows]


async def listed(
    session: AsyncSession,
    asked: PageRequest,
    *,
    means: Means | None,
    is_handed_over: bool | None,
    regie_id: UUID | None,
) -> tuple[Sequence[Listed], str | None]:
    """A page of reminders with the cursor of the next one.

    Of those to hand over only what is still to be asked for: of an invoice that was paid, cancelled, written
    off or split meanwhile nothing is.
    """
    query = (
        select(Reminder, Invoice)
        .join(Invoice, Invoice.invoice_id == Reminder.invoice_id)
        .where(*equal((Reminder.means, means), (Reminder.regie_id, regie_id)))
    )
    if is_handed_over is True:
        query = query.where(Reminder.handed_over_at.is_not(None))
    elif is_handed_over is False:
        query = query.where(Reminder.means != "mail", *_to_hand_over())
    rows, next_cursor = await REMINDERS.page(session, query, asked)
    return [Listed(row[0], row[1]) for row in rows], next_cursor


def _to_hand_over() -> list[ColumnElement[bool]]:
    """Not handed over, and still to be asked for: not paid, cancelled, written off, nor split meanwhile."""
    split = select(InstalmentPlan).where(
        InstalmentPlan.invoice_id == Invoice.invoice_id, InstalmentPlan.cancelled_at.is_(None)
    )
    return [
        Reminder.handed_over_at.is_(None),
        Invoice.due_cents > 0,
        Invoice.status.in_(PAYABLE),
        ~split.exists(),
    ]


async def to_send(session: AsyncSession, *, regie_id: UUID | None, most: int) -> list[ToSend]:
    """The letters that wait, by the families' names; one more than ``most`` when there are more."""
    name = func.min(Invoice.family_key)
    query = (
        select(Invoice.regie_id, Invoice.family_id, func.array_agg(Invoice.invoice_id.distinct()))
        .join(Reminder, Reminder.invoice_id == Invoice.invoice_id)
        .where(Reminder.means == "letter", *_to_hand_over(), *equal((Reminder.regie_id, regie_id)))
        .group_by(Invoice.regie_id, Invoice.family_id)
        .order_by(name, Invoice.family_id, Invoice.regie_id)
        .limit(most + 1)
    )
    return [ToSend(*row) for row in await session.execute(query)]


async def letters_of(session: AsyncSession, invoice_ids: Sequence[UUID]) -> list[Listed]:
    """The last letter of each of these invoices, by family and régie, the oldest invoice first."""
    query = (
        select(Reminder, Invoice)
        .join(Invoice, Invoice.invoice_id == Reminder.invoice_id)
        .where(Invoice.invoice_id.in_(invoice_ids), Reminder.means == "letter", Invoice.due_cents > 0)
        .order_by(Invoice.family_key, Invoice.family_id, Invoice.regie_id, Invoice.due_date, Reminder.step)
    )
    last = {row[1].invoice_id: Listed(row[0], row[1]) for row in await session.execute(query)}
    return list(last.values())


async def of_invoice(session: AsyncSession, invoice_id: UUID) -> list[Reminder]:
    """The reminders of an invoice, in their order."""
    query = select(Reminder).where(Reminder.invoice_id == invoice_id).order_by(Reminder.step)
    return list(await session.scalars(query))


async def hand_over(session: AsyncSession, ids: Sequence[UUID], agent_id: UUID) -> list[UUID]:
    """Note that letters and lists were handed over; those that were already stay as they are."""
    done = await session.scalars(
        update(Reminder)
        .where(Reminder.reminder_id.in_(ids), Reminder.handed_over_at.is_(None), Reminder.means != "mail")
        .values(handed_over_at=func.clock_timestamp(), handed_over_by=agent_id)
        .returning(Reminder.reminder_id)
    )
    return list(done)
