"""Mes factures (M21 to M23): by régie, open and paid; choose, see the amount, pay."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID, uuid4

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from preau.gateway.proxy.problems import UpstreamProblem
from preau.gateway.web.forms import REFUSED, Form
from preau.gateway.web.parents.payments.opening import open_payments, payment_step
from preau.gateway.web.parents.visitor import FamilyVisitor, Visitor
from preau.gateway.web.rendering import see_other

router = APIRouter()

KINDS = {
    "month_end": "Facture du mois",
    "complement": "Facture complémentaire",
    "prepaid": "Réservation prépayée",
    "credit_note": "Avoir",
}


def by_regie(invoices: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The invoices grouped as the leaflet shows them, each group with what it comes to."""
    groups: dict[str, dict[str, Any]] = {}
    for invoice in invoices:
        group = groups.setdefault(
            invoice["regie_id"],
            {
                "regie_id": invoice["regie_id"],
                "label": invoice["regie_label"],
                "invoices": [],
                "due_cents": 0,
            },
        )
        group["invoices"].append(invoice)
        group["due_cents"] += invoice["due_cents"]
    return sorted(groups.values(), key=lambda group: group["label"])


async def _page(visitor: Visitor, form: Form, *, status: int = 200) -> Response:
    open_ones, paid = await asyncio.gather(
        visitor.get("billing", "invoices", status="open"), visitor.get("billing", "invoices", status="paid")
    )
    context = {
        "open_groups": by_regie(open_ones["items"]),
        "paid": paid["items"],
        "total_cents": sum(each["due_cents"] for each in open_ones["items"]),
        "kinds": KINDS,
        "form": form,
        "key": str(uuid4()),
    }
    return visitor.page("parents/invoices/list.html", context, status=status)


@router.get("/factures")
async def invoices_page(visitor: FamilyVisitor, facture: str = "") -> Response:
    """The invoices; ``facture`` is chosen beforehand, as from its detail."""
    return await _page(visitor, Form({"factures": [facture] if facture else []}))


@router.post("/factures/payer")
async def pay(request: Request, visitor: FamilyVisitor) -> Response:
    """Pay what was chosen: one payment a régie."""
    form = Form.sent(await request.form(), several=("factures",))
    form.require({"factures": "Cochez au moins une facture à payer."})
    if form.is_valid:
        try:
            payments = await open_payments(
                visitor, form.value("factures"), key=form.value("cle") or str(uuid4())
            )
            return see_other(payment_step(payments))
        except UpstreamProblem as problem:
            if problem.status not in REFUSED:
                raise
            form.failure = problem.detail or "Ces factures ne peuvent pas être payées pour le moment."
    return await _page(visitor, form, status=422)


@router.get("/factures/{invoice_id}")
async def invoice_page(visitor: FamilyVisitor, invoice_id: UUID) -> Response:
    """One invoice, each line with how its price came about."""
    invoice = await visitor.get("billing", f"invoices/{invoice_id}")
    return visitor.page(
        "parents/invoices/detail.html", {"invoice": invoice, "kinds": KINDS, "key": str(uuid4())}
    )


@router.get("/factures/{invoice_id}/pdf")
async def invoice_pdf(visitor: FamilyVisitor, invoice_id: UUID) -> Response:
    """The invoice as PDF."""
    file = await visitor.client.download(
        "billing", visitor.path(f"invoices/{invoice_id}/pdf"), visitor.session
    )
    headers = {"Content-Disposition": file.disposition, "Cache-Control": "private, no-store"}
    return Response(file.body, media_type="application/pdf", headers=headers)
