"""Which debts keep families from booking, and who may book all the same."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter
from pydantic import Field
from starlette.responses import Response

from preau.gateway.api.models.billing import DebtRuleOut
from preau.gateway.pages import flash
from preau.gateway.pages.agents.context import AgentContext, BillingAgent
from preau.gateway.pages.agents.workbench.confirming import Shown
from preau.gateway.pages.agents.workbench.editing import Edit, EditForm, Saving, edited
from preau.gateway.pages.agents.workbench.last_change import last_change
from preau.gateway.pages.form_fields import Cents, Day, Needed, Whole
from preau.gateway.pages.form_models import FormModel
from preau.gateway.pages.formats import money
from preau.gateway.pages.forms import Form, Naming
from preau.gateway.pages.rendering import see_other

router = APIRouter()

RULE = "/agent/impayes/blocage"
CONCERNS = "La règle vaut dans la minute pour toutes les familles ; les réservations déjà faites restent."
SHOWN = {
    "is_on": Shown("Blocage des réservations", lambda is_on: "actif" if is_on else "désactivé"),
    "threshold_cents": Shown("À partir de", money),
    "days": Shown("Jours après l’échéance"),
}


class DebtRuleForm(EditForm):
    """The commune's rule."""

    blocking: Annotated[Literal["off", "on"], Field(title="Blocage des réservations")] = "off"
    threshold: Annotated[
        Cents, Field(title="Montant dû à partir duquel bloquer"), Needed("Indiquez un montant.")
    ]
    days: Annotated[Whole, Field(title="Jours après l’échéance"), Needed("Indiquez le nombre de jours.")]

    def facts(self) -> dict[str, Any]:
        """The rule as billing has it."""
        return {"is_on": self.blocking == "on", "threshold_cents": self.threshold, "days": self.days}


class ExemptionForm(FormModel):
    """A family that may book all the same."""

    until: Annotated[Day, Field(title="Jusqu’au"), Needed("Indiquez jusqu’à quel jour.")]
    reason: Annotated[str, Field(title="Motif"), Needed("Indiquez le motif de l’exception.")]


@router.get("/agent/impayes/blocage")
async def read_rule(agent: BillingAgent) -> Response:
    """The rule, off until it is stated."""
    return await _page(agent)


async def _page(agent: AgentContext, form: Form | None = None) -> Response:
    rule, changed = await asyncio.gather(
        agent.billing.debt_rule(), last_change(agent, agent.billing.changes(agent.commune.commune_id))
    )
    cents = rule.threshold_cents
    typed = {
        "version": rule.version,
        "blocking": "on" if rule.is_on else "off",
        "threshold": f"{cents // 100},{cents % 100:02d}",
        "days": rule.days,
    }
    shown = form or Form(typed)
    return agent.page("ledger/debt_rule", "invoices", status=shown.status, form=shown, changed=changed)


@router.post("/agent/impayes/blocage")
async def state_rule(agent: BillingAgent) -> Response:
    """State the rule."""

    async def read(_: DebtRuleForm) -> DebtRuleOut:
        return await agent.billing.debt_rule()

    async def told(_: DebtRuleForm, __: DebtRuleOut, ___: dict[str, Any]) -> Saving:
        return Saving("Bloquer les réservations pour impayé", CONCERNS)

    async def save(stated: DebtRuleForm, _: dict[str, Any], seen: int) -> object:
        return await agent.billing.state_debt_rule(stated.facts(), seen=seen)

    async def page(form: Form) -> Response:
        return await _page(agent, form)

    def naming(_: Form) -> Naming:
        return {"threshold_cents": "threshold", "is_on": "blocking"}.get

    edit = Edit(
        tab="invoices",
        model=DebtRuleForm,
        shown=SHOWN,
        read=read,
        save=save,
        page=page,
        told=told,
        journal=lambda: agent.billing.changes(agent.commune.commune_id),
        done="La règle est enregistrée.",
        to=RULE,
        names=naming,
    )
    return await edited(agent, edit)


@router.get("/agent/familles/{family_id}/exception")
async def exemption_page(agent: BillingAgent, family_id: UUID) -> Response:
    """Whether a debt keeps the family from booking, and letting it book all the same."""
    return await _exemption(agent, family_id)


async def _exemption(agent: AgentContext, family_id: UUID, form: Form | None = None) -> Response:
    household, debt = await asyncio.gather(
        agent.identity.family(str(family_id)), agent.billing.family_debt(str(family_id))
    )
    shown = form or Form()
    return agent.page(
        "ledger/exemption", "invoices", status=shown.status, form=shown, household=household, debt=debt
    )


@router.post("/agent/familles/{family_id}/exception")
async def exempt(agent: BillingAgent, family_id: UUID) -> Response:
    """Let the family book up to a day."""
    form, stated = ExemptionForm.sent(await agent.request.form())
    if stated is not None:
        with form.refusing():
            await agent.billing.exempt_family(str(family_id), stated.model_dump(mode="json"))
            flash.add(agent.request, "success", "La famille peut réserver jusqu’à ce jour.")
            return see_other(f"/agent/familles/{family_id}/exception")
    return await _exemption(agent, family_id, form)


@router.post("/agent/familles/{family_id}/exception/fin")
async def end_exemption(agent: BillingAgent, family_id: UUID) -> Response:
    """The rule holds for the family again."""
    form = Form()
    with form.refusing():
        await agent.billing.end_exemption(str(family_id))
        flash.add(agent.request, "success", "La règle vaut de nouveau pour cette famille.")
        return see_other(f"/agent/familles/{family_id}/exception")
    return await _exemption(agent, family_id, form)
