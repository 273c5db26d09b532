"""The moves of a payment and what each brings with it: its version, its event, its receipt, its payables.

Nothing else assigns a payment's status. A payment was read under its lock (``repository.payment_to_change``).
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from preau.common.messaging.outbox import emit
from preau.common.money import Cents
from preau.payments.payables.repository import record_paid
from preau.payments.payments.domain import next_check
from preau.payments.payments.events import GivenBack, payment_failed, payment_refunded, payment_settled
from preau.payments.payments.lifecycle import (
    ASKABLE,
    FAILURES,
    PAYMENT,
    FailingAct,
    PaymentAct,
    ProviderAct,
    following,
)
from preau.payments.payments.tables import Payment
from preau.payments.providers.protocols import Answer
from preau.payments.receipts.domain import Received, series_of
from preau.payments.receipts.service import write_receipt


def _move(payment: Payment, act: PaymentAct) -> None:
    """Raises ``IllegalMove``."""
    payment.status = PAYMENT.move(payment.status, act)
    payment.version += 1


def redirect(payment: Payment) -> None:
    """The parent has an address to pay at."""
    _move(payment, "redirect")


async def fail(session: AsyncSession, payment: Payment, act: FailingAct) -> None:
    """The payment comes to nothing; emitted unless nobody ever had an address to pay at."""
    _move(payment, act)
    if payment.provider_ref:
        await emit(session, payment_failed(payment, FAILURES[payment.status]))


async def accept(session: AsyncSession, payment: Payment, now: datetime) -> None:
    """An agent takes the amount of a payment in review for good."""
    _move(payment, "accept")
    await _record_settled(session, payment, payment.received_cents or 0, now)


async def reject(session: AsyncSession, payment: Payment) -> None:
    """An agent gives the money of a payment in review back at the provider."""
    await fail(session, payment, "reject")


async def refund(session: AsyncSession, payment: Payment, given_back: GivenBack, now: datetime) -> None:
    """The provider gave a settled payment back, or a part of it."""
    _move(payment, "refund" if given_back.is_all else "refund_part")
    await emit(session, payment_refunded(payment, given_back, now))


async def conclude(
    session: AsyncSession, payment: Payment, answer: Answer, now: datetime, schedule: Sequence[timedelta]
) -> None:
    """Draw the consequences of what the provider said.

    An answer that is known already changes nothing. One that is not final is asked for again on schedule, and
    past the schedule's end the payment has expired.
    """
    act = following(payment.status, payment.amount_cents, answer)
    if act is not None:
        await _follow(session, payment, act, answer, now)
    if payment.status not in ASKABLE:
        payment.next_check_at = None
    elif payment.next_check_at is None or payment.next_check_at > now:  # else a notification just came
        payment.next_check_at = next_check(schedule, payment.created_at, now)
        if payment.next_check_at is None:
            await fail(session, payment, "expire")


async def _follow(
    session: AsyncSession, payment: Payment, act: ProviderAct, answer: Answer, now: datetime
) -> None:
    if answer.state == "paid":
        payment.received_cents = answer.amount_cents
        payment.method = answer.method
    match act:
        case "settle":
            _move(payment, act)
            await _record_settled(session, payment, answer.amount_cents, answer.decided_at or now)
        case "refuse" | "cancel" | "expire":
            await fail(session, payment, act)
        case "wait" | "review":
            _move(payment, act)


async def _record_settled(
    session: AsyncSession, payment: Payment, received_cents: Cents, settled_at: datetime
) -> None:
    """Money came in: write the receipt, close the payables, emit.

    Emitted also when an invoice was settled or cancelled before: billing then makes a credit of it.
    """
    series = series_of(payment.allocations[0].invoice_number) if payment.allocations else ""
    received = Received(payment.payment_id, payment.commune_id, payment.regie_id, payment.family_id, series)
    payment.receipt_number = await write_receipt(session, received, settled_at)
    payment.settled_at = settled_at
    settled = payment_settled(payment, received_cents, settled_at)
    for part in settled.allocations:
        await record_paid(session, part.invoice_id, part.amount_cents)
    await emit(session, settled)
