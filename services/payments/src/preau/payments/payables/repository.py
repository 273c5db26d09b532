"""Every SQL statement about payables."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import and_, case, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from preau.common.money import Cents
from preau.contracts.billing import InvoiceFacts
from preau.payments.payables.domain import PayableStatus
from preau.payments.payables.tables import Payable


class Due(NamedTuple):
    """What is due of an invoice by billing, which has heard of ``received_cents`` of payments.

    Nothing of one that is written off: nobody asks for the rest.
    """

    cents: Cents
    received_cents: Cents
    is_written_off: bool = False
    next_part_cents: Cents | None = None


def _row(commune_id: UUID, facts: InvoiceFacts) -> dict[str, object]:
    return {
        "invoice_id": facts.invoice_id,
        "commune_id": commune_id,
        "regie_id": facts.regie_id,
        "regie_label": facts.regie_label,
        "family_id": facts.family_id,
        "number": facts.number,
        "kind": facts.kind,
        "total_cents": facts.total_cents,
        "billed_due_cents": facts.total_cents,
        "due_date": facts.due_date,
        "order_id": facts.order_id,
        "status": PayableStatus.OPEN,
    }


async def open_payables(session: AsyncSession, commune_id: UUID, invoices: Iterable[InvoiceFacts]) -> None:
    """Open a payable for each invoice; one that is known already stays as it is."""
    rows = [_row(commune_id, facts) for facts in invoices]
    if rows:
        await session.execute(insert(Payable).values(rows).on_conflict_do_nothing())


async def close_payable(
    session: AsyncSession, commune_id: UUID, facts: InvoiceFacts, version: int, status: PayableStatus
) -> None:
    """Close an invoice's payable, unless billing has said something newer. Its opening may come later."""
    statement = insert(Payable).values(
        _row(commune_id, facts) | {"status": status, "invoice_version": version, "closed_at": func.now()}
    )
    new = statement.excluded
    await session.execute(
        statement.on_conflict_do_update(
            index_elements=[Payable.invoice_id],
            set_={
                "status": new.status,
                "invoice_version": new.invoice_version,
                "closed_at": new.closed_at,
            },
            where=Payable.invoice_version < new.invoice_version,
        )
    )


async def change_due(
    session: AsyncSession, commune_id: UUID, facts: InvoiceFacts, version: int, due: Due
) -> None:
    """Keep what billing says is due of an invoice: open again, unless our payments cover it already.

    Its opening may come later.
    """
    stated = {
        "invoice_version": version,
        "billed_due_cents": due.cents,
        "received_cents": due.received_cents,
        "next_part_cents": due.next_part_cents,
    }
    closed = PayableStatus.WRITTEN_OFF if due.is_written_off else PayableStatus.PAID
    first = {"status": closed} if due.is_written_off else {}
    statement = insert(Payable).values(_row(commune_id, facts) | stated | first)
    new = statement.excluded
    is_due = new.billed_due_cents > Payable.paid_cents - new.received_cents
    await session.execute(
        statement.on_conflict_do_update(
            index_elements=[Payable.invoice_id],
            set_={name: new[name] for name in stated}
            | {
                "status": case((is_due, PayableStatus.OPEN), else_=closed),
                "closed_at": case((is_due, None), else_=func.coalesce(Payable.closed_at, func.now())),
            },
            where=Payable.invoice_version < new.invoice_version,
        )
    )


async def lock_payables(session: AsyncSession, invoice_ids: Sequence[UUID]) -> list[Payable]:
    """The payables, locked in the order of their ids: who changes a payment first locks its payables."""
    found = await session.scalars(
        select(Payable)
        .where(Payable.invoice_id.in_(invoice_ids))
        .order_by(Payable.invoice_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return list(found)


async def any_asks_less(session: AsyncSession, asked: Mapping[UUID, Cents]) -> bool:
    """Whether less than is ``asked`` is due of one of the invoices, or nothing: it was paid or cancelled."""
    found = await session.scalars(select(Payable).where(Payable.invoice_id.in_(asked)))
    return any(
        payable.status is not PayableStatus.OPEN or payable.due_cents < asked[payable.invoice_id]
        for payable in found
    )


async def record_paid(session: AsyncSession, invoice_id: UUID, amount_cents: Cents) -> None:
    """Money came in for an invoice; paid in full it is closed here, before billing says so as well."""
    paid_cents = Payable.paid_cents + amount_cents
    is_paid_now = and_(
        Payable.status == PayableStatus.OPEN,
        paid_cents - Payable.received_cents >= Payable.billed_due_cents,
    )
    await session.execute(
        update(Payable)
        .where(Payable.invoice_id == invoice_id)
        .values(
            paid_cents=paid_cents,
            status=case((is_paid_now, PayableStatus.PAID), else_=Payable.status),
            closed_at=case((is_paid_now, func.now()), else_=Payable.closed_at),
        )
        .execution_options(synchronize_session=False)
    )
