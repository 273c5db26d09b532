"""Calling a payment's provider: always between two transactions, never inside one."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from preau.common.db.clock import database_now
from preau.common.errors import Conflict
from preau.common.http.unit_of_work import UnitOfWork
from preau.common.logging import logger
from preau.payments.agreements.repository import agreements_of
from preau.payments.copies import repository as copies
from preau.payments.payables.repository import any_asks_less
from preau.payments.payments import repository
from preau.payments.payments.lifecycle import LIVE, PaymentStatus
from preau.payments.payments.tables import Payment
from preau.payments.payments.transitions import conclude, redirect
from preau.payments.providers.protocols import Agreement, Answer, Charge, Order, Redirect, Withdraw
from preau.payments.providers.registry import Providers

log = logger(__name__)


class CannotWithdraw(Conflict):
    type, title = "cannot-withdraw", "Abandon impossible"


class ProviderCall(NamedTuple):
    """What a call needs: read before it, so that no transaction waits for a provider."""

    payment: Payment
    adapter: Charge
    agreement: Agreement
    in_vain: bool
    """Less is due of one of the invoices meanwhile, or nothing: nobody should pay this any more."""

    def look_up_or_close(self, provider_ref: str) -> Awaitable[Answer]:
        if self.in_vain and isinstance(self.adapter, Withdraw):
            return self.adapter.withdraw(self.agreement, provider_ref)
        return self.adapter.look_up(self.agreement, provider_ref)

    def close(self, provider_ref: str) -> Awaitable[Answer]:
        if not isinstance(self.adapter, Withdraw):
            raise CannotWithdraw("Ce paiement se termine sur la page de la banque.")
        return self.adapter.withdraw(self.agreement, provider_ref)


@dataclass(frozen=True, slots=True)
class ProviderCalls:
    """Charging, asking and withdrawing, each: read, commit, call, then record under the payment's lock.

    Each needs two transactions of the payment's commune, one before and one after the provider's answer.
    """

    providers: Providers
    schedule: Sequence[timedelta]

    async def charge(self, work: UnitOfWork, payment_id: UUID) -> None:
        """Open the transaction of a created payment and record where the parent pays; no-op for any other.

        Raises ``ProviderUnavailable``: the payment stays created, and the same call may be made again.
        """
        async with work.begin() as session:
            call = await self.prepare(session, payment_id)
            if call.payment.status is not PaymentStatus.CREATED:
                return
            order = await _order(session, call.payment)
        opened = await self.providers.promptly(call.adapter.charge(call.agreement, order))
        async with work.begin() as session:
            await self._record_redirect(session, payment_id, opened)

    async def ask(self, work: UnitOfWork, payment_id: UUID) -> None:
        """Ask what became of a payment and draw the consequences; close one that would be paid in vain.

        Raises ``ProviderUnavailable``.
        """
        await self._question(work, payment_id, ProviderCall.look_up_or_close)

    async def withdraw(self, work: UnitOfWork, payment_id: UUID) -> None:
        """Give a payment up, unless it was paid meanwhile.

        Raises ``CannotWithdraw`` when the provider has no such thing, ``ProviderUnavailable``.
        """
        await self._question(work, payment_id, ProviderCall.close)

    async def prepare(self, session: AsyncSession, payment_id: UUID) -> ProviderCall:
        """Read what a call about the payment needs."""
        payment = await repository.payment(session, payment_id)
        if payment is None:
            raise LookupError(f"no payment {payment_id}")
        agreements = await agreements_of(session, [payment.regie_id], payment.provider)
        agreement = agreements[payment.regie_id]
        if agreement.provider != payment.provider:  # the régie changed providers since
            agreement = Agreement(payment.regie_id, payment.provider, {})
        asked = {part.invoice_id: part.amount_cents for part in payment.allocations}
        in_vain = await any_asks_less(session, asked)
        return ProviderCall(payment, self.providers.named(payment.provider), agreement, in_vain)

    async def _question(
        self, work: UnitOfWork, payment_id: UUID, question: Callable[[ProviderCall, str], Awaitable[Answer]]
    ) -> None:
        async with work.begin() as session:
            call = await self.prepare(session, payment_id)
        if call.payment.provider_ref is None:
            answer = Answer("cancelled")  # nobody was given an address to pay at
        else:
            answer = await self.providers.promptly(question(call, call.payment.provider_ref))
        async with work.begin() as session:
            payment = await repository.payment_to_change(session, payment_id)
            if payment.provider_ref == call.payment.provider_ref:  # else it was just sent to its provider
                await conclude(session, payment, answer, await database_now(session), self.schedule)

    async def _record_redirect(self, session: AsyncSession, payment_id: UUID, opened: Redirect) -> None:
        """The first address counts; that of a payment which gave way meanwhile is kept for late news."""
        payment = await repository.payment_to_change(session, payment_id)
        if payment.provider_ref is None:
            payment.provider_ref, payment.redirect_url = opened
        if payment.status is PaymentStatus.CREATED:
            redirect(payment)
        elif payment.status not in LIVE:
            log.info("payment gave way while its transaction was opened", payment_id=str(payment_id))


async def _order(session: AsyncSession, payment: Payment) -> Order:
    family = await copies.family(session, payment.family_id)
    numbers = ", ".join(part.invoice_number for part in payment.allocations)
    return Order(
        payment_id=payment.payment_id,
        amount_cents=payment.amount_cents,
        label=f"{payment.regie_label} : {numbers}",
        payer_email=family.payer_email if family else "",
        return_url=payment.return_url,
    )
