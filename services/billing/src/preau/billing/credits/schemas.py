"""Credits of families over HTTP. Money in cents."""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from preau.billing.ledger.domain import Means
from preau.common.http.schemas import RequestModel, ResponseModel
from preau.common.http.texts import Line


class CreditOut(ResponseModel):
    """What a family is owed at a régie: ``why`` and ``invoice_id`` tell where the latest of it came from."""

    account_id: UUID
    family_id: UUID
    family_label: str
    regie_id: UUID
    regie_label: str
    credit_cents: int
    since: datetime | None
    why: str
    invoice_id: UUID | None


class CreditRefundIn(RequestModel):
    """What was given back by hand, and how; ``note`` says what the bank or the receipt says."""

    amount_cents: int = Field(gt=0, le=2_000_000_000)
    means: Means
    note: Line = Field(min_length=3, max_length=500)


class AccountOut(ResponseModel):
    """What a family is owed at a régie after what was done; ``moved_cents`` is how much that was."""

    account_id: UUID
    family_id: UUID
    regie_id: UUID
    credit_cents: int
    moved_cents: int
