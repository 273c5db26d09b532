"""The sandbox bank at work on its own books, each operation in a transaction of its own."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from preau.common.db.clock import database_now
from preau.common.db.database import Database
from preau.payments.providers.protocols import Order
from preau.payments.providers.sandbox.domain import Action, BankState, decided, state_at
from preau.payments.providers.sandbox.tables import BankNotification, BankRefund, BankTransaction


class UnknownTransaction(LookupError):
    """The bank has no transaction of that reference."""


class RefundTooLarge(Exception):
    """More was asked back than was paid."""


@dataclass(frozen=True, slots=True)
class SandboxBank:
    """Opens, decides and refunds transactions; leaves notifications to be posted."""

    database: Database
    lifetime: timedelta
    notification_copies: int
    notification_delay: timedelta

    async def open(self, regie_id: UUID, order: Order) -> str:
        """The reference of the transaction for this order: a new one, or the one opened for it before."""
        merchant_ref = str(order.payment_id)
        async with self.database.system_transaction() as session:
            await session.execute(
                insert(BankTransaction)
                .values(
                    transaction_ref=secrets.token_urlsafe(16),
                    merchant_ref=merchant_ref,
                    regie_id=regie_id,
                    label=order.label,
                    amount_cents=order.amount_cents,
                    return_url=order.return_url,
                    opened_at=func.clock_timestamp(),
                )
                .on_conflict_do_nothing()
            )
            opened = await session.execute(
                select(BankTransaction.transaction_ref).where(BankTransaction.merchant_ref == merchant_ref)
            )
            return opened.scalar_one()

    async def transaction(self, transaction_ref: str) -> BankTransaction:
        """A transaction as it stands now. Raises ``UnknownTransaction``."""
        async with self.database.system_transaction() as session:
            return await self._locked(session, transaction_ref)

    async def decide(self, transaction_ref: str, action: Action) -> BankTransaction:
        """Do what the card's holder wants; once decided it stays so. Raises ``UnknownTransaction``."""
        async with self.database.system_transaction() as session:
            transaction = await self._locked(session, transaction_ref)
            target = decided(transaction.state, action)
            if target is not None:
                now = await database_now(session)
                _close(transaction, target, now)
                session.add_all(
                    BankNotification(
                        transaction_ref=transaction_ref,
                        regie_id=transaction.regie_id,
                        due_at=now + self.notification_delay,
                    )
                    for _ in range(self.notification_copies)
                )
            return transaction

    async def withdraw(self, transaction_ref: str) -> BankTransaction:
        """Close a transaction for the shop, if it is open. Raises ``UnknownTransaction``."""
        async with self.database.system_transaction() as session:
            transaction = await self._locked(session, transaction_ref)
            if transaction.state is BankState.OPEN:
                _close(transaction, BankState.CANCELLED, await database_now(session))
            return transaction

    async def refund(self, transaction_ref: str, refund_id: UUID, amount_cents: int) -> None:
        """Give money back, once a ``refund_id``. Raises ``RefundTooLarge``, ``UnknownTransaction``."""
        async with self.database.system_transaction() as session:
            transaction = await self._locked(session, transaction_ref)
            if await session.get(BankRefund, refund_id):
                return
            given = await session.execute(
                select(func.coalesce(func.sum(BankRefund.amount_cents), 0)).where(
                    BankRefund.transaction_ref == transaction_ref
                )
            )
            if given.scalar_one() + amount_cents > transaction.paid_cents:
                raise RefundTooLarge
            session.add(
                BankRefund(refund_id=refund_id, transaction_ref=transaction_ref, amount_cents=amount_cents)
            )

    async def _locked(self, session: AsyncSession, transaction_ref: str) -> BankTransaction:
        transaction = await session.get(BankTransaction, transaction_ref, with_for_update=True)
        if transaction is None:
            raise UnknownTransaction(transaction_ref)
        now = await database_now(session)
        transaction.state = state_at(transaction.state, transaction.opened_at, self.lifetime, now)
        return transaction


def _close(transaction: BankTransaction, state: BankState, now: datetime) -> None:
    transaction.state = state
    transaction.decided_at = now
    if state is BankState.PAID:
        transaction.paid_cents = transaction.amount_cents
