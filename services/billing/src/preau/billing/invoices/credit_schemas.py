"""Credits of families over HTTP."""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from preau.billing.invoices.lifecycle import CreditStatus
from preau.common.http.schemas import RequestModel, ResponseModel
from preau.common.http.texts import Line


class CreditOut(ResponseModel):
    """Money owed to a family; ``open`` until an agent has given it back or set it off.

    ``left_cents`` is what is still owed of it: a refund may have given back a part.
    """

    credit_id: UUID
    family_id: UUID
    family_label: str
    regie_id: UUID
    invoice_id: UUID
    invoice_number: str
    payment_id: UUID | None
    amount_cents: int
    left_cents: int
    reason: str
    message: str
    status: CreditStatus
    created_at: datetime
    handled_at: datetime | None
    note: str


class HandledIn(RequestModel):
    note: Line = Field(min_length=3, max_length=500)
