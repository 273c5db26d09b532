"""What billing says of its invoices opens and closes payables."""

from sqlalchemy.ext.asyncio import AsyncSession

from preau.contracts.billing import (
    InvoiceCancelledV1,
    InvoiceDueChangedV1,
    InvoiceIssuedV1,
    InvoiceSettledV1,
)
from preau.payments.payables import repository
from preau.payments.payables.domain import PayableStatus, asks_for_money
from preau.payments.payables.repository import Due


async def open_issued(session: AsyncSession, event: InvoiceIssuedV1) -> None:
    """Open what asks for money."""
    asking = [facts for facts in event.invoices if asks_for_money(facts)]
    await repository.open_payables(session, event.commune_id, asking)


async def change_due(session: AsyncSession, event: InvoiceDueChangedV1) -> None:
    """A credit was set off, money went back, the rest was written off: another amount is to be paid."""
    if not asks_for_money(event.invoice):
        return
    due = Due(event.due_cents, event.received_cents, event.written_off_cents > 0, event.next_part_cents)
    await repository.change_due(session, event.commune_id, event.invoice, event.aggregate_version, due)


async def close_settled(session: AsyncSession, event: InvoiceSettledV1) -> None:
    await _close(session, event, PayableStatus.PAID)


async def close_cancelled(session: AsyncSession, event: InvoiceCancelledV1) -> None:
    await _close(session, event, PayableStatus.CANCELLED)


async def _close(
    session: AsyncSession, event: InvoiceSettledV1 | InvoiceCancelledV1, status: PayableStatus
) -> None:
    if asks_for_money(event.invoice):
        await repository.close_payable(
            session, event.commune_id, event.invoice, event.aggregate_version, status
        )
