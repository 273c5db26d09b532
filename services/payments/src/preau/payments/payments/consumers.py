"""What the events of other services mean for payments."""

from sqlalchemy.ext.asyncio import AsyncSession

from preau.contracts.billing import InvoiceCancelledV1, InvoiceDueChangedV1, InvoiceSettledV1
from preau.contracts.identity import AccountErasedV1
from preau.payments.payments import repository


async def ask_about_live_payments(
    session: AsyncSession, event: InvoiceSettledV1 | InvoiceDueChangedV1 | InvoiceCancelledV1
) -> None:
    """Have the provider asked about payments under way for an invoice of which less may be due."""
    for payment in await repository.live_payments_on(session, [event.invoice.invoice_id]):
        await repository.ask_soon(session, payment.payment_id)


async def forget_account(session: AsyncSession, event: AccountErasedV1) -> None:
    """Payments stay, as accounts of the commune must; who clicked is forgotten."""
    await repository.forget_account(session, event.aggregate_id)
