"""Payments received, and credits to give back."""

from __future__ import annotations

import asyncio
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from preau.gateway.api.problems import UpstreamProblem
from preau.gateway.pages import flash
from preau.gateway.pages.agents.context import AgentContext, BillingAgent, next_url
from preau.gateway.pages.forms import REFUSED, Form
from preau.gateway.pages.rendering import see_other

router = APIRouter()

REVIEW = {"status": "review"}


@router.get("/agent/paiements")
async def list_payments(agent: BillingAgent, status: str = "", cursor: str = "") -> Response:
    """The payments, newest first, and the credits that wait."""
    try:
        return await _list(agent, {"status": status, "cursor": cursor})
    except UpstreamProblem as problem:
        if problem.status != 422:
            raise
        return see_other("/agent/paiements")


async def _list(
    agent: AgentContext, filters: dict[str, str], wrong: Form | None = None, about: str = ""
) -> Response:
    """The payments and credits; ``wrong`` is what was typed for the one ``about`` and refused."""
    found, credits = await asyncio.gather(
        agent.get("payments", "/payments", **filters), agent.get("billing", "/credits")
    )
    return agent.page(
        "payments/list",
        "payments",
        status=422 if wrong else 200,
        found=found,
        credits=credits["items"],
        form=Form(filters),
        next_url=next_url("/agent/paiements", filters, found),
        wrong=wrong or Form(),
        about=about,
    )


async def _refused(
    agent: AgentContext, form: Form, problem: UpstreamProblem, about: UUID, filters: dict[str, str]
) -> Response:
    if problem.status not in REFUSED:
        raise problem
    form.refuse(problem)
    return await _list(agent, filters, form, str(about))


@router.post("/agent/paiements/{payment_id}/decision")
async def decide_payment(agent: BillingAgent, payment_id: UUID) -> Response:
    """Keep an amount that differs from what was asked, or have it given back at the provider."""
    form = Form.sent(await agent.request.form())
    accepted = form.value("decision") == "accept"
    if not form.is_valid:
        return await _list(agent, REVIEW, form, str(payment_id))
    body = {"decision": "accept" if accepted else "reject", "reason": form.value("reason")}
    try:
        await agent.post("payments", f"/payments/{payment_id}/decision", body)
        done = (
            "La somme est affectée aux factures." if accepted else "Le paiement est rejeté : rendez la somme."
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
        return await _list(agent, {}, form, str(credit_id))
    try:
        await agent.post("billing", f"/credits/{credit_id}/handling", {"note": form.value("note")})
        flash.add(agent.request, "success", "Le crédit est traité.")
    except UpstreamProblem as problem:
        return await _refused(agent, form, problem, credit_id, {})
    return see_other("/agent/paiements#avoirs")
