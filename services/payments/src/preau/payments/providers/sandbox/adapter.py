"""The sandbox bank as a provider: what it can do, by our protocols."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from uuid import UUID

from preau.common.money import Cents
from preau.payments.providers.protocols import (
    Agreement,
    Answer,
    ForgedNotification,
    MalformedNotification,
    Order,
    ProviderUnavailable,
    Redirect,
    RefundDenied,
)
from preau.payments.providers.sandbox.bank import RefundTooLarge, SandboxBank, UnknownTransaction
from preau.payments.providers.sandbox.tables import BankTransaction

SIGNATURE_HEADER = "x-banque-essai-signature"


def signature(secret: str, body: bytes) -> str:
    """The value of the signature header for a notification's body (HMAC-SHA256)."""
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def notification_body(transaction_ref: str) -> bytes:
    """What a notification says: which transaction, and nothing that could be believed."""
    return json.dumps({"transaction": transaction_ref}).encode()


class SandboxProvider:
    """Charges, withdraws, refunds and notifies."""

    one_invoice_a_transaction = False

    def __init__(self, bank: SandboxBank, public_url: str, secret: str) -> None:
        self._bank = bank
        self._page = f"{public_url.rstrip('/')}/sandbox/bank"
        self._secret = secret

    async def charge(self, agreement: Agreement, order: Order) -> Redirect:
        reference = await self._bank.open(agreement.regie_id, order)
        return Redirect(reference, f"{self._page}/{reference}")

    async def look_up(self, agreement: Agreement, provider_ref: str) -> Answer:
        try:
            return _answer(await self._bank.transaction(provider_ref))
        except UnknownTransaction as error:
            raise ProviderUnavailable("the sandbox bank does not know the transaction") from error

    async def withdraw(self, agreement: Agreement, provider_ref: str) -> Answer:
        try:
            return _answer(await self._bank.withdraw(provider_ref))
        except UnknownTransaction as error:
            raise ProviderUnavailable("the sandbox bank does not know the transaction") from error

    async def refund(
        self, agreement: Agreement, provider_ref: str, refund_id: UUID, amount_cents: Cents
    ) -> str:
        try:
            await self._bank.refund(provider_ref, refund_id, amount_cents)
        except (RefundTooLarge, UnknownTransaction) as error:
            raise RefundDenied("the sandbox bank refuses the refund") from error
        return str(refund_id)

    def transaction_named(self, agreement: Agreement, headers: Mapping[str, str], body: bytes) -> str:
        given = headers.get(SIGNATURE_HEADER, "")
        if not hmac.compare_digest(given.encode(), signature(self._secret, body).encode()):
            raise ForgedNotification
        try:
            return str(json.loads(body)["transaction"])
        except (ValueError, KeyError, TypeError) as error:
            raise MalformedNotification from error


def _answer(transaction: BankTransaction) -> Answer:
    return Answer(
        state=transaction.state.value,
        amount_cents=transaction.paid_cents,
        method="card",
        decided_at=transaction.decided_at,
    )
