"""A new tariff: stated after its prices for sample families were seen; it may begin with another's terms."""

from __future__ import annotations

import asyncio
from datetime import date
from functools import partial
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from pydantic import Field
from starlette.responses import Response

from preau.gateway.api.models.billing import TariffOut
from preau.gateway.pages import flash
from preau.gateway.pages.agents.context import AgentContext, BillingAgent
from preau.gateway.pages.agents.tariffs.codes import own_codes
from preau.gateway.pages.agents.tariffs.faults import naming
from preau.gateway.pages.agents.tariffs.page import Prices, known_of, previewed, terms_context
from preau.gateway.pages.agents.tariffs.record import tariff_of
from preau.gateway.pages.agents.tariffs.samples import compared
from preau.gateway.pages.agents.tariffs.simulation import asks_to_simulate, simulated
from preau.gateway.pages.agents.tariffs.terms import BLANK, Standing, TermsForm, as_json, typed_terms
from preau.gateway.pages.agents.tariffs.words import shown
from preau.gateway.pages.agents.workbench.confirming import (
    changes_told,
    confirmation,
    goes_back,
    is_confirmed,
)
from preau.gateway.pages.agents.workbench.rows import arranged, asks_for_rows
from preau.gateway.pages.form_fields import Day, Needed
from preau.gateway.pages.forms import Form, changes
from preau.gateway.pages.rendering import see_other
from preau.wording.dates import full_date

router = APIRouter()

BILLED = "Ce qui est déjà facturé ne change pas : un complément montre l’écart."
STANDS = "Un tarif compte déjà à partir de ce jour : ouvrez-le dans la liste pour le modifier."


class TariffForm(TermsForm):
    """A tariff: of which activity, from which day on."""

    activity_id: Annotated[str, Field(title="Prestation"), Needed("Choisissez une prestation.")]
    effective_from: Annotated[
        Day, Field(title="À partir du"), Needed("Indiquez à partir de quel jour le tarif compte.")
    ]

    def concerns(self, today: date) -> str:
        """Whom the tariff touches, and what becomes of what is billed already."""
        told = f"Ces prix valent pour les prestations à partir du {full_date(self.effective_from)}."
        return told if self.effective_from > today else f"{told} {BILLED}"


@router.get("/agent/tarifs/nouveau")
async def new_tariff(
    agent: BillingAgent, activity_id: UUID | None = None, effective_from: date | None = None
) -> Response:
    """The form, with the terms of the tariff that is named, if one is."""
    if activity_id is None or effective_from is None:
        return await _page(agent, Form({**BLANK, "activity_id": str(activity_id or "")}))
    tariff, codes = await asyncio.gather(tariff_of(agent, activity_id, effective_from), own_codes(agent))
    terms = typed_terms(codes.said(tariff.definition))
    return await _page(agent, Form({**terms, "activity_id": str(activity_id)}))


async def _page(agent: AgentContext, form: Form, prices: Prices | None = None) -> Response:
    return agent.page(
        "tariffs/new", "tariffs", status=form.status, **terms_context(form, await known_of(agent), prices)
    )


@router.post("/agent/tarifs/nouveau")
async def state_tariff(agent: BillingAgent) -> Response:
    """Show the prices for sample families, or state the tariff."""
    data = await agent.request.form()
    if data.get("action") == "preview":
        return await previewed(agent, data, partial(_page, agent))
    if asks_to_simulate(data):
        return await simulated(agent, data, partial(_page, agent))
    form, stated = TariffForm.sent(data)
    if asks_for_rows(data) or goes_back(data):
        return await _page(agent, Form(arranged(form.values)))
    if stated is None:
        return await _page(agent, form)
    with form.refusing(naming(form)):
        before, codes = await asyncio.gather(_before(agent, stated), own_codes(agent))
        definition = codes.coded(stated.definition())
        if before is not None and before.effective_from == stated.effective_from:
            form.note("effective_from", STANDS)
        elif not is_confirmed(data):
            present = Standing(before.definition if before else None)
            changed = changes(present.restated(definition), present)
            told = changes_told(changed, present, shown(codes))
            paid = await compared(agent, present.definition, definition, stated.samples, codes)
            return confirmation(
                agent,
                "tariffs",
                data,
                [*told, *paid],
                title="Enregistrer un tarif",
                concerns=stated.concerns(agent.today),
            )
        else:
            body = {"activity_id": stated.activity_id, "effective_from": stated.effective_from}
            await agent.billing.state_tariff({**body, "definition": as_json(definition)}, seen=0)
    if not form.is_valid:
        return await _page(agent, form)
    flash.add(agent.request, "success", "Le tarif est enregistré.")
    return see_other("/agent/tarifs")


async def _before(agent: AgentContext, stated: TariffForm) -> TariffOut | None:
    """The tariff that holds on the day from which a new one is to count."""
    found = (await agent.billing.tariffs(stated.activity_id)).items
    holding = [each for each in found if each.effective_from <= stated.effective_from]
    return max(holding, key=lambda each: each.effective_from, default=None)
