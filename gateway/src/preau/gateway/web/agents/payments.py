"""Payments received, and credits to give back."""

from __future__ import annotations

import asyncio
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from preau.gateway.proxy.problems import UpstreamProblem
from preau.gateway.web import flash
from preau.gateway.web.agents.office import Billing, Office, next_url
from preau.gateway.web.forms import REFUSED, Form
from preau.gateway.web.rendering import see_other

router = APIRouter()

REVIEW = {"status": "review"}


@router.get("/agent/paiements")
async def list_payments(office: Billing, status: str = "", cursor: str = "") -> Response:
    """The payments, newest first, and the credits that wait."""
    try:
        return await _list(office, {"status": status, "cursor": cursor})
    except UpstreamProblem as problem:
        if problem.status != 422:
            raise
        return see_other("/agent/paiements")


async def _list(
    office: Office, filters: dict[str, str], wrong: Form | None = None, about: str = ""
) -> Response:
    """The payments and credits; ``wrong`` is what was typed for the one ``about`` and refused."""
    found, credits = await asyncio.gather(
        office.get("payments", "/payments", **filters), office.get("billing", "/credits")
    )
    return office.page(
        "payments",
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
    office: Office, form: Form, problem: UpstreamProblem, about: UUID, filters: dict[str, str]
) -> Response:
    if problem.status not in REFUSED:
        raise problem
    form.refuse(problem)
    return await _list(office, filters, form, str(about))


@router.post("/agent/paiements/{payment_id}/decision")
async def decide_payment(office: Billing, payment_id: UUID) -> Response:
    """Keep an amount that differs from what was asked, or have it given back at the provider."""
    form = Form.sent(await office.request.form())
    accepted = form.value("decision") == "accept"
    if not form.is_valid:
        return await _list(office, REVIEW, form, str(payment_id))
    body = {"decision": "accept" if accepted else "reject", "reason": form.value("reason")}
    try:
        await office.post("payments", f"/payments/{payment_id}/decision", body)
        told = (
            "La somme est affectée aux factures." if accepted else "Le paiement est rejeté : rendez la somme."
        )
        flash.tell(office.request, "success", told)
    except UpstreamProblem as problem:
        return await _refused(office, form, problem, payment_id, REVIEW)
    return see_other("/agent/paiements?status=review")


@router.post("/agent/avoirs/{credit_id}/traitement")
async def handle_credit(office: Billing, credit_id: UUID) -> Response:
    """Say how a credit was given back or set off."""
    form = Form.sent(await office.request.form())
    form.require({"note": "Indiquez ce qui a été fait."})
    if not form.is_valid:
        return await _list(office, {}, form, str(credit_id))
    try:
        await office.post("billing", f"/credits/{credit_id}/handling", {"note": form.value("note")})
        flash.tell(office.request, "success", "Le crédit est traité.")
    except UpstreamProblem as problem:
        return await _refused(office, form, problem, credit_id, {})
    return see_other("/agent/paiements#avoirs")
