"""What a provider can do, one small protocol a capability. An adapter has those that it has."""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal, NamedTuple, Protocol, runtime_checkable
from uuid import UUID

from preau.common.money import Cents

Method = Literal["card", "direct_debit"]


class Agreement(NamedTuple):
    """What a régie agreed on with its provider; ``options`` are the adapter's own, as a client number."""

    regie_id: UUID
    provider: str
    options: Mapping[str, str]


class Order(NamedTuple):
    """What the provider is asked to collect. ``payment_id`` is our reference: asking twice is harmless."""

    payment_id: UUID
    amount_cents: Cents
    label: str
    payer_email: str
    return_url: str


class Redirect(NamedTuple):
    """Where the parent pays, and how the provider calls the transaction."""

    provider_ref: str
    url: str


class Answer(NamedTuple):
    """The state of a transaction as its provider answers when asked.

    ``amount_cents`` is what was really taken; it and ``method`` count only when the state is ``paid``.
    """

    state: Literal["open", "pending", "paid", "refused", "cancelled", "expired"]
    amount_cents: Cents = 0
    method: Method = "card"
    decided_at: datetime | None = None


class ProviderUnavailable(Exception):
    """The provider does not answer, or not sensibly: nothing is known, ask again later."""


class ForgedNotification(Exception):
    """A notification whose signature is missing or wrong."""


class MalformedNotification(Exception):
    """A notification that names no transaction."""


@runtime_checkable
class Charge(Protocol):
    """Takes payments on a page of its own."""

    one_invoice_a_transaction: bool

    async def charge(self, agreement: Agreement, order: Order) -> Redirect:
        """Open a transaction. Raises ``ProviderUnavailable``."""
        ...

    async def look_up(self, agreement: Agreement, provider_ref: str) -> Answer:
        """What became of a transaction: the only answer that counts. Raises ``ProviderUnavailable``."""
        ...


@runtime_checkable
class Withdraw(Protocol):
    """Can close a transaction that nobody has paid yet."""

    async def withdraw(self, agreement: Agreement, provider_ref: str) -> Answer:
        """Close it if it is still open, and answer its state afterwards. Raises ``ProviderUnavailable``."""
        ...


@runtime_checkable
class Refund(Protocol):
    """Can give money back."""

    async def refund(
        self, agreement: Agreement, provider_ref: str, refund_id: UUID, amount_cents: Cents
    ) -> str:
        """Give back ``amount_cents``; ``refund_id`` makes a repetition harmless.

        Returns the provider's reference of the refund. Raises ``ProviderUnavailable``, ``RefundDenied``.
        """
        ...


class RefundDenied(Exception):
    """The provider will not give this money back."""


@runtime_checkable
class Notify(Protocol):
    """Sends a notification when something happened to a transaction."""

    def transaction_named(self, agreement: Agreement, headers: Mapping[str, str], body: bytes) -> str:
        """The provider's reference in a notification whose origin is proven, as far as the provider allows.

        Header names are in lower case. Raises ``ForgedNotification``, ``MalformedNotification``.
        """
        ...
