"""Giving a payment back: recorded first, then done at the provider, however often it takes."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from preau.common.db.clock import database_now
from preau.common.db.database import Database
from preau.common.errors import Conflict
from preau.common.ids import new_id
from preau.common.logging import logger
from preau.common.messaging.outbox import emit
from preau.payments.payments.domain import PaymentStatus
from preau.payments.payments.events import payment_refunded
from preau.payments.payments.provider_calls import ProviderCalls
from preau.payments.payments.repository import payment_to_change
from preau.payments.payments.settlement import change
from preau.payments.providers import protocols
from preau.payments.providers.registry import NoProvider
from preau.payments.refunds import repository
from preau.payments.refunds.tables import Refund, RefundStatus

log = logger(__name__)

BATCH = 20
LEASE = timedelta(minutes=5)


class NotRefundable(Conflict):
    type, title = "not-refundable", "Remboursement impossible"


async def request_refund(session: AsyncSession, payment_id: UUID, agent_id: UUID, reason: str) -> Refund:
    """Record that a settled payment is to be given back; asked twice, it is the same refund.

    Raises ``NotRefundable``.
    """
    payment = await payment_to_change(session, payment_id)
    if under_way := await repository.refund_under_way(session, payment_id):
        return under_way
    if payment.status is not PaymentStatus.SETTLED:
        raise NotRefundable("Seul un paiement encaissé peut être remboursé.")
    refund = Refund(
        refund_id=new_id(),
        commune_id=payment.commune_id,
        payment_id=payment_id,
        amount_cents=payment.received_cents or payment.amount_cents,
        reason=reason,
        agent_id=agent_id,
        next_attempt_at=await database_now(session) + LEASE,
    )
    session.add(refund)
    await session.flush()  # the row that a second request finds
    return refund


@dataclass(frozen=True, slots=True)
class Refunds:
    """Carries out what was requested; a repetition is harmless, as the provider knows the refund's id."""

    database: Database
    calls: ProviderCalls

    async def carry_out(self, commune_id: UUID, refund_id: UUID) -> None:
        """Have the provider give the money back, and record it.

        Raises ``ProviderUnavailable``: it stays requested and is tried again.
        """
        async with self.database.transaction(commune_id) as session:
            refund = await repository.refund(session, refund_id)
            call = await self.calls.prepare(session, refund.payment_id)
        if refund.status is not RefundStatus.REQUESTED:
            return
        done = await self._at_provider(call.adapter, call.contract, call.payment.provider_ref, refund)
        async with self.database.transaction(commune_id) as session:
            await _record(session, refund, done)

    async def carry_out_due(self, database: Database) -> bool:
        """One round over what earlier attempts left; says whether there may be more."""
        async with database.system_transaction() as session:
            due = await repository.claim_due(session, BATCH, LEASE)
        for commune_id, refund_id in due:
            try:
                await self.carry_out(commune_id, refund_id)
            except (protocols.ProviderUnavailable, NoProvider) as error:
                log.warning("refund not carried out", refund_id=str(refund_id), error=str(error))
        return len(due) == BATCH

    async def _at_provider(
        self,
        adapter: protocols.Charge,
        contract: protocols.Contract,
        provider_ref: str | None,
        refund: Refund,
    ) -> bool:
        if not isinstance(adapter, protocols.Refund) or provider_ref is None:
            return False
        try:
            await self.calls.providers.promptly(
                adapter.refund(contract, provider_ref, refund.refund_id, refund.amount_cents)
            )
        except protocols.RefundDenied:
            return False
        return True


async def _record(session: AsyncSession, asked: Refund, done: bool) -> None:
    payment = await payment_to_change(session, asked.payment_id)
    refund = await repository.refund(session, asked.refund_id)
    if refund.status is not RefundStatus.REQUESTED:
        return  # another attempt was faster
    refund.status = RefundStatus.DONE if done else RefundStatus.DENIED
    if done:
        change(payment, PaymentStatus.REFUNDED)
        await emit(session, payment_refunded(payment, refund.amount_cents, await database_now(session)))
