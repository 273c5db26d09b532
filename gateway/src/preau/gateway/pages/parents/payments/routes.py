"""Paying: the way through several régies, and the return from the bank."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from preau.gateway.api.models.payments import PaymentOut
from preau.gateway.api.problems import UpstreamProblem
from preau.gateway.pages import flash
from preau.gateway.pages.forms import REFUSED
from preau.gateway.pages.parents.context import FamilyParent, ParentContext
from preau.gateway.pages.parents.payments.opening import can_pay
from preau.gateway.pages.rendering import see_other

router = APIRouter()

FINAL = frozenset({"settled", "refused", "cancelled", "expired", "review", "refunded"})
SAME_SELECTION = timedelta(minutes=30)


@router.get("/paiements/suite")
async def sequence_page(parent: FamilyParent, paiement: Annotated[list[UUID], Query()]) -> Response:
    """A selection over several régies: one payment each, one after the other."""
    payments = await asyncio.gather(*(parent.payments.payment(str(each)) for each in paiement[:20]))
    waiting = [each for each in payments if can_pay(each)]
    context = {
        "payments": payments,
        "waiting": waiting,
        "total_cents": sum(each.amount_cents for each in payments),
    }
    return parent.page("parents/payments/sequence.html", context)


@router.get("/paiements/retour")
async def return_page(parent: FamilyParent, payment: UUID | None = None) -> Response:
    """Back from the bank. What the payment came to is asked of the provider, never read from the address."""
    if payment is None:
        return see_other("/factures")
    return parent.page("parents/payments/return.html", await _context(parent, payment))


@router.get("/paiements/retour/etat")
async def return_state(parent: FamilyParent, payment: UUID) -> Response:
    """The part of the page that changes, asked again until the payment is final."""
    return parent.fragments(["parents/payments/_outcome.html"], await _context(parent, payment))


@router.post("/paiements/{payment_id}/abandon")
async def give_up(request: Request, parent: FamilyParent, payment_id: UUID) -> Response:
    """Give up a payment that was left at the bank: its invoices can be paid otherwise."""
    try:
        payment = await parent.payments.give_up(str(payment_id))
    except UpstreamProblem as problem:
        if problem.status not in {*REFUSED, 503} or problem.status == 404:
            raise
        flash.add(request, "error", problem.detail or "Ce paiement ne peut pas être abandonné.")
        return see_other("/factures")
    if payment.status in FINAL and payment.status != "settled":
        flash.add(request, "success", "Le paiement est abandonné : rien n’a été débité.")
        return see_other("/factures")
    return see_other(f"/paiements/retour?payment={payment_id}")


@router.get("/paiements/{payment_id}/recu")
async def receipt_page(parent: FamilyParent, payment_id: UUID) -> Response:
    """A receipt to print."""
    payment, receipt = await asyncio.gather(
        parent.payments.payment(str(payment_id)), parent.payments.receipt(str(payment_id))
    )
    return parent.page("parents/payments/receipt.html", {"payment": payment, "receipt": receipt})


async def _context(parent: ParentContext, payment_id: UUID) -> dict[str, object]:
    payment, listed = await asyncio.gather(
        parent.payments.payment(str(payment_id)), parent.payments.payments()
    )
    final = payment.status in FINAL
    return {
        "payment": payment,
        "final": final,
        "next_payments": _next(payment, listed.items) if final else [],
        "order_id": await _order_of(parent, payment) if final else None,
    }


def _next(payment: PaymentOut, listed: list[PaymentOut]) -> list[PaymentOut]:
    """The other régies' payments of the same selection that wait still."""
    since = datetime.now(UTC) - SAME_SELECTION
    return [
        each
        for each in listed
        if each.payment_id != payment.payment_id and can_pay(each) and each.created_at > since
    ]


async def _order_of(parent: ParentContext, payment: PaymentOut) -> str | None:
    """The order that the payment was for, None for invoices of the month."""
    for allocation in payment.allocations[:1]:
        try:
            return (await parent.billing.invoice(allocation.invoice_id)).order_id
        except UpstreamProblem:
            return None
    return None
