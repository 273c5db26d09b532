"""Payments received, and credits to give back."""

from __future__ import annotations

import asyncio
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from preau.gateway.proxy.problems import UpstreamProblem
from preau.gateway.web import flash
from preau.gateway.web.agents.office import Billing
from preau.gateway.web.forms import Form
from preau.gateway.web.rendering import see_other

router = APIRouter()


@router.get("/agent/paiements")
async def list_payments(office: Billing, status: str = "", cursor: str = "") -> Response:
    """The payments, newest first, and the credits that wait."""
    try:
        found, credits = await asyncio.gather(
            office.get("payments", "/payments", status=status, cursor=cursor),
            office.get("billing", "/credits"),
        )
    except UpstreamProblem as problem:
        if problem.status != 422:
            raise
        return see_other("/agent/paiements")
    return office.page(
        "payments",
        "payments",
        found=found,
        credits=credits["items"],
        form=Form({"status": status}),
        next_url=office.next_url(found),
    )


@router.post("/agent/paiements/{payment_id}/decision")
async def decide_payment(office: Billing, payment_id: UUID) -> Response:
    """Keep an amount that differs from what was asked, or have it given back at the provider."""
    form = Form.sent(await office.request.form())
    accepted = form.value("decision") == "accept"
    body = {"decision": "accept" if accepted else "reject", "reason": form.value("reason")}
    try:
        await office.post("payments", f"/payments/{payment_id}/decision", body)
        told = (
            "La somme est affectée aux factures." if accepted else "Le paiement est rejeté : rendez la somme."
        )
        flash.tell(office.request, "success", told)
    except UpstreamProblem as problem:
        if problem.status not in {404, 409, 422}:
            raise
        wrong = problem.field_errors.get("reason")
        flash.tell(office.request, "error", f"Motif : {wrong}" if wrong else problem.detail)
    return see_other("/agent/paiements?status=review")


@router.post("/agent/avoirs/{credit_id}/traitement")
async def handle_credit(office: Billing, credit_id: UUID) -> Response:
    """Say how a credit was given back or set off."""
    form = Form.sent(await office.request.form())
    try:
        await office.post("billing", f"/credits/{credit_id}/handling", {"note": form.value("note")})
        flash.tell(office.request, "success", "Le crédit est traité.")
    except UpstreamProblem as problem:
        if problem.status not in {404, 409, 422}:
            raise
        told = problem.field_errors.get("note")
        flash.tell(office.request, "error", f"Ce qui a été fait : {told}" if told else problem.detail)
    return see_other("/agent/paiements#avoirs")
