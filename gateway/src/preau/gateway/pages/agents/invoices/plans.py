"""Splitting what is due of an invoice in dated parts."""

from __future__ import annotations

from calendar import monthrange
from datetime import date
from typing import Annotated, Any, ClassVar
from uuid import UUID

from fastapi import APIRouter
from pydantic import Field
from starlette.responses import Response

from preau.gateway.pages import flash
from preau.gateway.pages.agents.context import AgentContext, BillingAgent
from preau.gateway.pages.agents.invoices.record import record_page
from preau.gateway.pages.agents.workbench.rows import asks_for_rows, rows_shown
from preau.gateway.pages.form_fields import CentsAsked, Day, Needed
from preau.gateway.pages.form_models import FormModel
from preau.gateway.pages.forms import Form
from preau.gateway.pages.input_values import day_of, whole_number
from preau.gateway.pages.rendering import see_other

router = APIRouter()

MOST_PARTS = 24
NOTHING_DUE = "Rien n’est dû de cette facture : il n’y a rien à payer en plusieurs fois."


class PartForm(FormModel):
    """A part, and by when it is to be paid."""

    distinctive: ClassVar[tuple[str, ...]] = ("due_on", "cents")

    due_on: Annotated[Day, Field(title="Échéance"), Needed("Indiquez le jour de l’échéance.")]
    cents: Annotated[CentsAsked, Field(title="Montant"), Needed("Indiquez le montant de la part.")]


class PlanForm(FormModel):
    """The parts, and why."""

    parts: Annotated[list[PartForm], Field(title="Part"), Needed("Indiquez au moins deux parts.")]
    reason: Annotated[str, Field(title="Motif"), Needed("Indiquez le motif de l’échéancier.")]

    def body(self) -> dict[str, Any]:
        return self.model_dump(mode="json")


class GiveUpForm(FormModel):
    """Why a plan is given up."""

    why_given_up: Annotated[str, Field(title="Motif"), Needed("Indiquez le motif de l’annulation.")]


def split(due_cents: int, count: int, first: date) -> list[tuple[date, int]]:
    """Equal parts, a month apart; the first ones bear the cents that are left over."""
    share, over = divmod(due_cents, count)
    return [(_months_after(first, number), share + (number < over)) for number in range(count)]


def _months_after(day: date, months: int) -> date:
    year, month = divmod(day.month - 1 + months, 12)
    last = monthrange(day.year + year, month + 1)[1]
    return date(day.year + year, month + 1, min(day.day, last))


@router.get("/agent/factures/{invoice_id}/echeancier")
async def plan_page(agent: BillingAgent, invoice_id: UUID, fois: str = "", le: str = "") -> Response:
    """The form; filled in with equal parts once it is said how many, and from when.

    Of an invoice of which nothing is due there is nothing to split.
    """
    return await _page(agent, invoice_id, None, fois, le)


async def _page(
    agent: AgentContext, invoice_id: UUID, form: Form | None, fois: str = "", le: str = ""
) -> Response:
    invoice = await agent.billing.invoice(str(invoice_id))
    if not invoice.due_cents:
        flash.add(agent.request, "warning", NOTHING_DUE)
        return see_other(f"/agent/factures/{invoice_id}")
    count = min(max(whole_number(fois) or 3, 2), MOST_PARTS)
    first = day_of(le) or _months_after(agent.today, 1)
    shown = form or Form(_proposed(invoice.due_cents, count, first))
    return agent.page(
        "invoices/plan",
        "invoices",
        status=shown.status,
        invoice=invoice,
        form=shown,
        count=count,
        first=first,
        rows=rows_shown(shown, "parts", 2, MOST_PARTS),
        most=MOST_PARTS,
    )


def _proposed(due_cents: int, count: int, first: date) -> dict[str, Any]:
    return {
        f"parts.{place}.{name}": value
        for place, (day, cents) in enumerate(split(due_cents, count, first))
        for name, value in (("due_on", day.isoformat()), ("cents", f"{cents // 100},{cents % 100:02d}"))
    }


@router.post("/agent/factures/{invoice_id}/echeancier")
async def make_plan(agent: BillingAgent, invoice_id: UUID) -> Response:
    """Split what is due; it replaces the plan that stands."""
    data = await agent.request.form()
    form, stated = PlanForm.sent(data)
    if asks_for_rows(data):
        return await _page(agent, invoice_id, Form(form.values))
    if stated is not None:
        with form.refusing():
            await agent.billing.make_plan(str(invoice_id), stated.body())
            flash.add(agent.request, "success", "L’échéancier est enregistré : la famille le voit.")
            return see_other(f"/agent/factures/{invoice_id}")
    return await _page(agent, invoice_id, form)


@router.post("/agent/factures/{invoice_id}/echeancier/annulation")
async def give_plan_up(agent: BillingAgent, invoice_id: UUID) -> Response:
    """Give the plan up: what is left is due as before."""
    form, stated = GiveUpForm.sent(await agent.request.form())
    if stated is not None:
        with form.refusing({"reason": "why_given_up"}.get):
            await agent.billing.cancel_plan(str(invoice_id), {"reason": stated.why_given_up})
            flash.add(agent.request, "success", "L’échéancier est annulé.")
            return see_other(f"/agent/factures/{invoice_id}")
    return await record_page(agent, invoice_id, form)
