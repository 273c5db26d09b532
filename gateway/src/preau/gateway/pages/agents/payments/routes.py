"""Payments received, and credits to give back."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from preau.gateway.api.models.payments import AgentPaymentOut
from preau.gateway.api.problems import UpstreamProblem
from preau.gateway.pages import flash
from preau.gateway.pages.agents.context import AgentContext, BillingAgent
from preau.gateway.pages.agents.payments.listing import PAYMENTS
from preau.gateway.pages.agents.workbench.listing import Table
from preau.gateway.pages.agents.workbench.pages import table_or_first
from preau.gateway.pages.agents.workbench.sheets import SheetKind, sheet_response
from preau.gateway.pages.forms import REFUSED, Form
from preau.gateway.pages.rendering import see_other

router = APIRouter()

REVIEW = {"status": "review"}


@router.get("/agent/paiements")
async def list_payments(agent: BillingAgent) -> Response:
    """The payments, newest first, and the credits that wait."""
    table = await table_or_first(agent, PAYMENTS)
    return table if isinstance(table, Response) else await _page(agent, table)


@router.get("/agent/paiements.{kind}")
async def payments_sheet(agent: BillingAgent, kind: SheetKind) -> Response:
    """The same payments, all of them, for a spreadsheet."""
    return await sheet_response(agent, PAYMENTS, kind)


async def _page(
    agent: AgentContext, table: Table[AgentPaymentOut], wrong: Form | None = None, about: str = ""
) -> Response:
    """The payments and credits; ``wrong`` is what was typed for the one ``about`` and refused."""
    credits = await agent.billing.credits()
    return agent.page(
        "payments/list",
        "payments",
        status=422 if wrong else 200,
        table=table,
        in_review=any(payment.status == "review" for payment in table.rows),
        credits=credits.items,
        wrong=wrong or Form(),
        about=about,
    )


async def _again(agent: AgentContext, filters: dict[str, str], wrong: Form, about: UUID) -> Response:
    return await _page(agent, await PAYMENTS.table(agent, PAYMENTS.asked(filters)), wrong, str(about))


async def _refused(
    agent: AgentContext, form: Form, problem: UpstreamProblem, about: UUID, filters: dict[str, str]
) -> Response:
    if problem.status not in REFUSED:
        raise problem
    form.refuse(problem)
    return await _again(agent, filters, form, about)


@router.post("/agent/paiements/{payment_id}/decision")
async def decide_payment(agent: BillingAgent, payment_id: UUID) -> Response:
    """Keep an amount that differs from what was asked, or have it given back at the provider."""
    form = Form.sent(await agent.request.form())
    accepted = form.value("decision") == "accept"
    if not form.is_valid:
        return await _again(agent, REVIEW, form, payment_id)
    body = {"decision": "accept" if accepted else "reject", "reason": form.value("reason")}
    try:
        await agent.payments.decide(str(payment_id), body)
        done = (
            "La somme est affectée aux factures." if accepted else "Le paiement est rejeté : rendez la somme."
        )
        flash.add(agent.request, "success", done)
    except UpstreamProblem as problem:
        return await _refused(agent, form, problem, payment_id, REVIEW)
    return see_other("/agent/paiements?status=review")


@router.post("/agent/avoirs/{credit_id}/traitement")
async def handle_credit(agent: BillingAgent, credit_id: UUID) -> Response:
    """Say how a credit was given back or set off."""
    form = Form.sent(await agent.request.form())
    form.require({"note": "Indiquez ce qui a été fait."})
    if not form.is_valid:
        return await _again(agent, {}, form, credit_id)
    try:
        await agent.billing.handle_credit(str(credit_id), {"note": form.value("note")})
        flash.add(agent.request, "success", "Le crédit est traité.")
    except UpstreamProblem as problem:
        return await _refused(agent, form, problem, credit_id, {})
    return see_other("/agent/paiements#avoirs")
