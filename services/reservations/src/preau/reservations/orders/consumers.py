"""The events that concern orders: their prepaid invoices, accounts that are erased."""

from sqlalchemy.ext.asyncio import AsyncSession

from preau.contracts.billing import InvoiceCancelledV1, InvoiceFacts, InvoiceIssuedV1, InvoiceSettledV1
from preau.contracts.identity import AccountErasedV1
from preau.reservations.orders import repository
from preau.reservations.orders.closing import settle, tell_payable


async def _keep(session: AsyncSession, event_invoice: InvoiceFacts, status: str) -> bool:
    """Keep the invoice if it belongs to an order of ours."""
    order_id = event_invoice.order_id
    if event_invoice.kind != "prepaid" or order_id is None:
        return False
    order = await repository.order(session, order_id)
    if order is None:
        return False
    await repository.keep_invoice(
        session,
        commune_id=order.commune_id,
        order_id=order_id,
        invoice_id=event_invoice.invoice_id,
        regie_id=event_invoice.regie_id,
        total_cents=event_invoice.total_cents,
        status=status,
    )
    return True


async def issued(session: AsyncSession, event: InvoiceIssuedV1) -> None:
    """The parent can pay: the order shows its invoices. The first that asks for money is told by mail."""
    for invoice in event.invoices:
        if invoice.kind == "prepaid" and invoice.order_id is not None and invoice.total_cents > 0:
            await tell_payable(session, invoice.order_id)
        await _keep(session, invoice, "open")


async def settled(session: AsyncSession, event: InvoiceSettledV1) -> None:
    """The invoice is paid: what it pays is confirmed."""
    if await _keep(session, event.invoice, "settled") and event.invoice.order_id is not None:
        await settle(session, event.invoice.order_id, event.invoice.regie_id)


async def cancelled(session: AsyncSession, event: InvoiceCancelledV1) -> None:
    """The invoice is void; the bookings follow the hold, not the invoice."""
    await _keep(session, event.invoice, "cancelled")


async def forget_account(session: AsyncSession, event: AccountErasedV1) -> None:
    """The account is erased: its orders no longer name it."""
    await repository.forget_account(session, event.aggregate_id)
