"""Receipts as parents read them."""

from datetime import datetime
from uuid import UUID

from fastapi import APIRouter

from preau.common.errors import NotFound
from preau.common.http.permissions import Family
from preau.common.http.schemas import ResponseModel
from preau.common.http.unit_of_work import Transaction
from preau.payments.copies import repository as copies
from preau.payments.payments.events import allocations_of
from preau.payments.payments.schemas import AllocationOut
from preau.payments.payments.service import payment_of_family
from preau.payments.providers.protocols import Method
from preau.payments.receipts import repository

router = APIRouter(tags=["receipts"])


class ReceiptOut(ResponseModel):
    """The proof of a payment: who paid what to which régie, when and how."""

    receipt_number: str
    payment_id: UUID
    commune_name: str
    regie_id: UUID
    regie_label: str
    family_label: str
    payer_name: str
    amount_cents: int
    method: Method
    provider: str
    provider_reference: str
    settled_at: datetime
    issued_at: datetime
    allocations: list[AllocationOut]


@router.get("/parent/families/{family_id}/payments/{payment_id}/receipt")
async def read_receipt(family: Family, session: Transaction, payment_id: UUID) -> ReceiptOut:
    """The receipt of a settled payment."""
    payment = await payment_of_family(session, family.family_id, payment_id)
    receipt = await repository.receipt_of(session, payment_id)
    if receipt is None or payment.settled_at is None:
        raise NotFound("Ce paiement n’a pas de quittance.")
    commune = await copies.commune(session, family.commune_id)
    record = await copies.family(session, family.family_id)
    received_cents = payment.received_cents or payment.amount_cents
    return ReceiptOut(
        receipt_number=receipt.number,
        payment_id=payment_id,
        commune_name=commune.name if commune else "",
        regie_id=payment.regie_id,
        regie_label=payment.regie_label,
        family_label=record.label if record else "",
        payer_name=receipt.payer_name,
        amount_cents=received_cents,
        method=payment.method or "card",
        provider=payment.provider,
        provider_reference=payment.provider_ref or "",
        settled_at=payment.settled_at,
        issued_at=receipt.issued_at,
        allocations=[AllocationOut.model_validate(part) for part in allocations_of(payment, received_cents)],
    )
