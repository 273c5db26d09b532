"""What a refund draws on, and what stays to be given back of a payment. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from preau.billing.ledger.domain import Source
from preau.common.money import Cents


class DueAgain(NamedTuple):
    """An invoice that is due again by so much."""

    invoice_id: UUID
    number: str
    cents: Cents


@dataclass(frozen=True, slots=True)
class Plan:
    """What follows a refund of ``amount_cents``; ``refundable_cents`` is the most that can be given back."""

    refundable_cents: Cents
    amount_cents: Cents
    sources: Sequence[Source]
    due_again: Sequence[DueAgain]

    @property
    def from_credit_cents(self) -> Cents:
        return sum(source.cents for source in self.sources if source.account == "credit")

    @property
    def is_covered(self) -> bool:
        """Whether the ledger has that much to give back."""
        return 0 < self.amount_cents <= self.refundable_cents
