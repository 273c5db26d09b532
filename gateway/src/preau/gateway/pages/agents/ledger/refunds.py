"""Giving a payment back through the provider that took it: what follows is told before."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any
from uuid import UUID, uuid4

from fastapi import APIRouter
from pydantic import Field
from starlette.responses import Response

from preau.gateway.pages import flash
from preau.gateway.pages.agents.context import AgentContext, BillingAgent
from preau.gateway.pages.form_fields import CentsAsked, Needed
from preau.gateway.pages.form_models import OnceForm
from preau.gateway.pages.formats import money
from preau.gateway.pages.forms import Form
from preau.gateway.pages.rendering import see_other

router = APIRouter()


class RefundForm(OnceForm):
    """How much goes back, and why."""

    amount: Annotated[CentsAsked, Field(title="Montant à rendre"), Needed("Indiquez le montant à rendre.")]
    reason: Annotated[str, Field(title="Motif"), Needed("Indiquez le motif : la famille le lit.")]
    confirmed: str = ""

    def body(self) -> dict[str, Any]:
        return {"amount_cents": self.amount, "reason": self.reason}


@router.get("/agent/paiements/{payment_id}/remboursement")
async def ask_refund(agent: BillingAgent, payment_id: UUID) -> Response:
    """What can go back of a payment, and what would follow."""
    return await _page(agent, payment_id)


async def _page(agent: AgentContext, payment_id: UUID, form: Form | None = None, cents: int = 0) -> Response:
    """``cents`` is what was asked for: the page tells what follows, to be confirmed."""
    payment, plan = await asyncio.gather(
        agent.payments.payment(str(payment_id)), agent.billing.refund_plan(str(payment_id), cents or None)
    )
    typed = f"{plan.refundable_cents // 100},{plan.refundable_cents % 100:02d}"
    shown = form or Form({"amount": typed if plan.refundable_cents else ""})
    return agent.page(
        "ledger/refund",
        "payments",
        status=shown.status,
        payment=payment,
        plan=plan,
        form=shown,
        confirming=bool(cents) and cents <= plan.refundable_cents,
        key=str(uuid4()),
    )


@router.post("/agent/paiements/{payment_id}/remboursement")
async def refund(agent: BillingAgent, payment_id: UUID) -> Response:
    """Tell what follows, then order the refund once it is confirmed."""
    form, stated = RefundForm.sent(await agent.request.form())
    if stated is None:
        return await _page(agent, payment_id, form)
    if stated.confirmed != "yes":
        plan = await agent.billing.refund_plan(str(payment_id), stated.amount)
        if stated.amount > plan.refundable_cents:
            form.note("amount", f"Il reste au plus {money(plan.refundable_cents)} à rendre de ce paiement.")
            return await _page(agent, payment_id, form)
        return await _page(agent, payment_id, form, stated.amount)
    with form.refusing({"amount_cents": "amount"}.get):
        await agent.billing.order_refund(str(payment_id), stated.body(), key=stated.cle or str(uuid4()))
        done = f"Le remboursement de {money(stated.amount)} est demandé au prestataire de paiement."
        flash.add(agent.request, "success", done)
        return see_other("/agent/paiements")
    return await _page(agent, payment_id, form)
