"""Mes factures: by régie, open and paid; choose, see the amount, pay."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Annotated
from uuid import UUID, uuid4

from fastapi import APIRouter
from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from preau.gateway.api.models.billing import InvoiceOut
from preau.gateway.api.problems import UpstreamProblem
from preau.gateway.pages.certificates import year_asked, years_until
from preau.gateway.pages.form_fields import Needed
from preau.gateway.pages.form_models import OnceForm
from preau.gateway.pages.forms import REFUSED, Form
from preau.gateway.pages.parents.context import FamilyParent, ParentContext
from preau.gateway.pages.parents.labels import DOCUMENT_KIND
from preau.gateway.pages.parents.payments.opening import can_pay, open_payments, payment_step, payments_left
from preau.gateway.pages.periods import period_asked
from preau.gateway.pages.rendering import see_other

router = APIRouter()


class PayForm(OnceForm):
    """The invoices to pay."""

    factures: Annotated[list[str], Needed("Cochez au moins une facture à payer.")]
    part: Annotated[list[str], Field(title="Part")] = Field(default_factory=list[str])
    """Those of which the next part of the plan is paid alone."""


@dataclass(slots=True)
class RegieInvoices:
    """The invoices of one régie, with what is due of them."""

    regie_id: str
    label: str
    invoices: list[InvoiceOut] = field(default_factory=list[InvoiceOut])

    @property
    def due_cents(self) -> int:
        return sum(invoice.due_cents for invoice in self.invoices)


def by_regie(invoices: list[InvoiceOut]) -> list[RegieInvoices]:
    """The invoices by régie, in the order of the régies' names."""
    groups: dict[str, RegieInvoices] = {}
    for invoice in invoices:
        group = groups.setdefault(invoice.regie_id, RegieInvoices(invoice.regie_id, invoice.regie_label))
        group.invoices.append(invoice)
    return sorted(groups.values(), key=lambda group: group.label)


async def _page(parent: ParentContext, form: Form, *, status: int = 200) -> Response:
    open_ones, paid, payments, accounts = await asyncio.gather(
        parent.billing.invoices("open"),
        parent.billing.invoices("paid"),
        payments_left(parent),
        parent.billing.accounts(),
    )
    context = {
        "open_groups": by_regie([each for each in open_ones.items if each.due_cents > 0]),
        "paid": paid.items,
        "total_cents": sum(each.due_cents for each in open_ones.items),
        "kinds": DOCUMENT_KIND,
        "accounts": accounts.items,
        "payments_left": [(each, can_pay(each)) for each in payments or []],
        "payments_known": payments is not None,
        "form": form,
        "key": str(uuid4()),
    }
    return parent.page("parents/invoices/list.html", context, status=status)


@router.get("/factures")
async def invoices_page(parent: FamilyParent, facture: str = "") -> Response:
    """The invoices; ``facture`` is chosen beforehand, as from its detail."""
    return await _page(parent, Form({"factures": [facture] if facture else []}))


@router.post("/factures/payer")
async def pay(request: Request, parent: FamilyParent) -> Response:
    """Pay what was chosen: one payment a régie."""
    form, stated = PayForm.sent(await request.form())
    if stated is not None:
        try:
            payments = await open_payments(
                parent, stated.factures, key=stated.cle or str(uuid4()), next_part_of=stated.part
            )
            return see_other(payment_step(payments))
        except UpstreamProblem as problem:
            if problem.status not in REFUSED:
                raise
            form.failure = problem.detail or "Ces factures ne peuvent pas être payées pour le moment."
    return await _page(parent, form, status=422)


@router.get("/factures/compte/{account_id}")
async def account_page(parent: FamilyParent, account_id: UUID, du: str = "", au: str = "") -> Response:
    """The statement of the family's account at a régie, over a year unless a period is asked for."""
    asked = period_asked(du, au)
    statement = await parent.billing.statement(str(account_id), first=asked.first, last=asked.last)
    return parent.page("parents/invoices/account.html", {"statement": statement, "asked": asked})


@router.get("/factures/attestation")
async def certificate_page(parent: FamilyParent, annee: str = "") -> Response:
    """What the family paid in a year for care, for its taxes, and what is counted."""
    made = await parent.billing.certificate(year_asked(annee, parent.today))
    context = {"made": made, "years": years_until(parent.today)}
    return parent.page("parents/invoices/certificate.html", context)


@router.get("/factures/attestation/{year}/pdf")
async def certificate_pdf(parent: FamilyParent, year: int) -> Response:
    """The certificate as PDF."""
    file = await parent.billing.certificate_pdf(year)
    headers = {"Content-Disposition": file.disposition, "Cache-Control": "private, no-store"}
    return Response(file.body, media_type="application/pdf", headers=headers)


@router.get("/factures/{invoice_id}")
async def invoice_page(parent: FamilyParent, invoice_id: UUID) -> Response:
    """One invoice, each line with how its price came about."""
    invoice, plan = await asyncio.gather(
        parent.billing.invoice(str(invoice_id)), parent.billing.plan(str(invoice_id))
    )
    shown_plan = plan if plan is not None and plan.status == "open" else None
    return parent.page(
        "parents/invoices/detail.html",
        {
            "invoice": invoice,
            "kinds": DOCUMENT_KIND,
            "key": str(uuid4()),
            "part_key": str(uuid4()),
            "plan": shown_plan,
        },
    )


@router.get("/factures/{invoice_id}/pdf")
async def invoice_pdf(parent: FamilyParent, invoice_id: UUID) -> Response:
    """The invoice as PDF."""
    file = await parent.billing.invoice_pdf(str(invoice_id))
    headers = {"Content-Disposition": file.disposition, "Cache-Control": "private, no-store"}
    return Response(file.body, media_type="application/pdf", headers=headers)
