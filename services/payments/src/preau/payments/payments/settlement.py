"""What a change of a payment brings with it: its version, its events, its receipt, its payables."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from preau.common.messaging.outbox import emit
from preau.common.money import Cents
from preau.payments.payables.repository import record_paid
from preau.payments.payments.domain import ASKABLE, FAILURES, PaymentStatus, following, moved
from preau.payments.payments.events import payment_failed, payment_settled
from preau.payments.payments.tables import Payment
from preau.payments.providers.protocols import Answer
from preau.payments.receipts.service import write_receipt
from preau.payments.reconciliation.schedule import next_check


def change(payment: Payment, target: PaymentStatus) -> None:
    """The one place where a payment's status is assigned."""
    payment.status = moved(payment.status, target)
    payment.version += 1


async def conclude(
    session: AsyncSession, payment: Payment, answer: Answer, now: datetime, schedule: Sequence[timedelta]
) -> None:
    """Draw the consequences of what the provider said. ``payment`` was read under its lock.

    An answer that is known already changes nothing. One that is not final is asked for again on schedule, and
    past the schedule's end the payment has expired.
    """
    target = following(payment.status, payment.amount_cents, answer)
    if target is not None:
        await _move(session, payment, target, answer, now)
    if payment.status not in ASKABLE:
        payment.next_check_at = None
    elif payment.next_check_at is None or payment.next_check_at > now:  # else a notification just came
        payment.next_check_at = next_check(schedule, payment.created_at, now)
        if payment.next_check_at is None:
            await _move(session, payment, PaymentStatus.EXPIRED, answer, now)


async def _move(
    session: AsyncSession, payment: Payment, target: PaymentStatus, answer: Answer, now: datetime
) -> None:
    change(payment, target)
    if answer.state == "paid":
        payment.received_cents = answer.amount_cents
        payment.method = answer.method
    if target is PaymentStatus.SETTLED:
        await _settle(session, payment, answer.amount_cents, answer.decided_at or now)
    elif target in FAILURES and payment.provider_ref:  # else nobody ever had an address to pay at
        await emit(session, payment_failed(payment, FAILURES[target]))


async def accept(session: AsyncSession, payment: Payment, now: datetime) -> None:
    """An agent takes the amount of a payment in review for good."""
    change(payment, PaymentStatus.SETTLED)
    await _settle(session, payment, payment.received_cents or 0, now)


async def reject(session: AsyncSession, payment: Payment) -> None:
    """An agent gives the money of a payment in review back at the provider."""
    change(payment, PaymentStatus.CANCELLED)
    await emit(session, payment_failed(payment, "cancelled"))


async def _settle(
    session: AsyncSession, payment: Payment, received_cents: Cents, settled_at: datetime
) -> None:
    """Money came in: a receipt, the payables closed, billing told.

    Told also when an invoice was settled or cancelled before: billing then makes a credit of it.
    """
    payment.receipt_number = await write_receipt(session, payment, settled_at)
    payment.settled_at = settled_at
    settled = payment_settled(payment, received_cents, settled_at)
    for part in settled.allocations:
        await record_paid(session, part.invoice_id, part.amount_cents)
    await emit(session, settled)
