"""The sandbox bank at work on its own books, each operation in a transaction of its own."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from preau.common.db.clock import database_now
from preau.common.db.database import Database
from preau.common.money import Cents
from preau.payments.providers.protocols import Order
from preau.payments.providers.sandbox import repository
from preau.payments.providers.sandbox.domain import Action, BankState, decided, state_at
from preau.payments.providers.sandbox.tables import BankRefund, BankTransaction


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
        async with self.database.system_transaction() as session:
            return await repository.open_transaction(session, secrets.token_urlsafe(16), regie_id, order)

    async def transaction(self, transaction_ref: str) -> BankTransaction:
        """A transaction as it stands now. Raises ``UnknownTransaction``."""
        async with self.database.system_transaction() as session:
            return await self._locked(session, transaction_ref)

    async def decide(self, transaction_ref: str, action: Action) -> BankTransaction:
        """Do what the card's holder wants; once decided it stays so. Raises ``UnknownTransaction``."""
        async with self.database.system_transaction() as session:
            transaction = await self._locked(session, transaction_ref)
            decided_at = await _close(session, transaction, action)
            if decided_at is not None:
                due_at = decided_at + self.notification_delay
                repository.add_notifications(session, transaction, due_at, self.notification_copies)
            return transaction

    async def withdraw(self, transaction_ref: str) -> BankTransaction:
        """Close a transaction for the shop, if it is open. Raises ``UnknownTransaction``."""
        async with self.database.system_transaction() as session:
            transaction = await self._locked(session, transaction_ref)
            await _close(session, transaction, Action.CANCEL)
            return transaction

    async def refund(self, transaction_ref: str, refund_id: UUID, amount_cents: Cents) -> None:
        """Give money back, once a ``refund_id``. Raises ``RefundTooLarge``, ``UnknownTransaction``."""
        async with self.database.system_transaction() as session:
            transaction = await self._locked(session, transaction_ref)
            if await repository.is_refunded(session, refund_id):
                return
            given = await repository.refunded_cents(session, transaction_ref)
            if given + amount_cents > transaction.paid_cents:
                raise RefundTooLarge
            repository.add_refund(
                session,
                BankRefund(refund_id=refund_id, transaction_ref=transaction_ref, amount_cents=amount_cents),
            )

    async def _locked(self, session: AsyncSession, transaction_ref: str) -> BankTransaction:
        transaction = await repository.lock_transaction(session, transaction_ref)
        if transaction is None:
            raise UnknownTransaction(transaction_ref)
        now = await database_now(session)
        transaction.state = state_at(transaction.state, transaction.opened_at, self.lifetime, now)
        return transaction


async def _close(session: AsyncSession, transaction: BankTransaction, action: Action) -> datetime | None:
    """When the action decided the transaction, None when it was decided before."""
    target = decided(transaction.state, action)
    if target is None:
        return None
    now = await database_now(session)
    transaction.state, transaction.decided_at = target, now
    if target is BankState.PAID:
        transaction.paid_cents = transaction.amount_cents
    return now
