"""Payments received, deciding on those in review."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter
from pydantic import Field
from starlette.responses import Response

from preau.gateway.api.models.billing import RegieOut
from preau.gateway.api.models.payments import AgentPaymentOut
from preau.gateway.pages import flash
from preau.gateway.pages.agents.context import AgentContext, BillingAgent
from preau.gateway.pages.agents.payments.listing import PAYMENTS
from preau.gateway.pages.agents.workbench.listing import Option, Table
from preau.gateway.pages.agents.workbench.pages import table_or_first
from preau.gateway.pages.agents.workbench.sheets import SheetKind, sheet_response
from preau.gateway.pages.form_fields import Needed
from preau.gateway.pages.form_models import FormModel
from preau.gateway.pages.forms import Form
from preau.gateway.pages.rendering import see_other

router = APIRouter()

REVIEW = {"status": "review"}


class DecisionForm(FormModel):
    """What becomes of an amount that differs, and why."""

    decision: Annotated[Literal["accept", "reject"], Needed("Choisissez de garder ou de rejeter la somme.")]
    reason: Annotated[str, Field(title="Motif"), Needed("Indiquez le motif de la décision.")]


@router.get("/agent/paiements")
async def list_payments(agent: BillingAgent) -> Response:
    """The payments, newest first."""
    regies = await agent.billing.regies()
    table = await table_or_first(agent, PAYMENTS, _options(regies.items))
    return table if isinstance(table, Response) else await _page(agent, table)


@router.get("/agent/paiements.{kind}")
async def payments_sheet(agent: BillingAgent, kind: SheetKind) -> Response:
    """The same payments, all of them, for a spreadsheet."""
    return await sheet_response(agent, PAYMENTS, kind)


async def _page(
    agent: AgentContext, table: Table[AgentPaymentOut], wrong: Form | None = None, about: str = ""
) -> Response:
    """The payments; ``wrong`` is what was typed for the one ``about`` and refused."""
    credits = await agent.billing.credits(limit=1)
    return agent.page(
        "payments/list",
        "payments",
        status=422 if wrong else 200,
        table=table,
        in_review=any(payment.status == "review" for payment in table.rows),
        owes=bool(credits.items),
        wrong=wrong or Form(),
        about=about,
    )


def _options(regies: Sequence[RegieOut]) -> dict[str, list[Option]]:
    return {"regie_id": [(each.regie_id, each.label) for each in regies]}


async def _again(agent: AgentContext, filters: dict[str, str], wrong: Form, about: UUID) -> Response:
    regies = await agent.billing.regies()
    table = await PAYMENTS.table(agent, PAYMENTS.asked(filters), _options(regies.items))
    return await _page(agent, table, wrong, str(about))


@router.post("/agent/paiements/{payment_id}/decision")
async def decide_payment(agent: BillingAgent, payment_id: UUID) -> Response:
    """Keep an amount that differs from what was asked, or have it given back at the provider."""
    form, stated = DecisionForm.sent(await agent.request.form())
    if stated is None:
        return await _again(agent, REVIEW, form, payment_id)
    with form.refusing():
        await agent.payments.decide(str(payment_id), stated.model_dump())
        accepted = stated.decision == "accept"
        done = (
            "La somme est affectée aux factures." if accepted else "Le paiement est rejeté : rendez la somme."
        )
        flash.add(agent.request, "success", done)
        return see_other("/agent/paiements?status=review")
    return await _again(agent, REVIEW, form, payment_id)
