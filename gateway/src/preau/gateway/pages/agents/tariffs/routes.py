"""Tariffs: those in force, and stating a new one after seeing its prices for sample families."""

from __future__ import annotations

import asyncio
from functools import partial

from fastapi import APIRouter
from starlette.responses import Response

from preau.gateway.api.models.billing import TariffOut
from preau.gateway.pages import flash
from preau.gateway.pages.agents.context import AgentContext, BillingAgent
from preau.gateway.pages.agents.tariffs.definition import KINDS, TariffRecord
from preau.gateway.pages.agents.tariffs.forms import (
    LEAST,
    MOST,
    PriceForm,
    TariffForm,
    family_of,
    names_of,
)
from preau.gateway.pages.agents.tariffs.prices import Prices, compared, previewed
from preau.gateway.pages.agents.workbench.confirming import confirmation, goes_back, is_confirmed
from preau.gateway.pages.agents.workbench.rows import asks_for_a_row, rows_shown
from preau.gateway.pages.forms import Form
from preau.gateway.pages.rendering import see_other

router = APIRouter()

STANDS = "Un tarif compte déjà à partir de ce jour : ouvrez-le dans la liste pour le modifier."


@router.get("/agent/tarifs")
async def list_tariffs(agent: BillingAgent) -> Response:
    """The tariffs by activity, newest first."""
    return await _page(agent, Form({"kind": "brackets"}))


async def _page(agent: AgentContext, form: Form, preview: Prices | None = None) -> Response:
    tariffs, activities, sites = await asyncio.gather(
        agent.billing.tariffs(),
        agent.reservations.activities(),
        agent.reservations.sites(),
    )
    site_labels = {site.site_id: site.label for site in sites.items}
    labels = {
        each.activity_id: f"{site_labels.get(each.site_id, '')} · {each.label}" for each in activities.items
    }
    stated: dict[str, list[TariffOut]] = {}
    for tariff in sorted(tariffs.items, key=lambda each: each.effective_from, reverse=True):
        stated.setdefault(tariff.activity_id, []).append(tariff)
    return agent.page(
        "tariffs/list",
        "tariffs",
        status=form.status,
        labels=labels,
        stated=stated,
        form=form,
        kinds=KINDS,
        tariff=None,
        rows=rows_shown(form, "brackets", LEAST, MOST),
        most=MOST,
        family_of=family_of,
        preview=preview,
    )


@router.post("/agent/tarifs")
async def state_tariff(agent: BillingAgent) -> Response:
    """Show the prices for sample families, or state the tariff."""
    data = await agent.request.form()
    if asks_for_a_row(data) or goes_back(data):
        return await _page(agent, Form(PriceForm.sent(data)[0].values))
    if data.get("action") == "preview":
        form, priced = PriceForm.sent(data)
        return await previewed(agent, form, priced and priced.definition(), partial(_page, agent))
    form, stated = TariffForm.sent(data)
    if stated is None:
        return await _page(agent, form)
    with form.refusing(names_of(form)):
        before = await _before(agent, stated)
        if before is not None and before.effective_from == stated.effective_from:
            form.note("effective_from", STANDS)
        elif not is_confirmed(data):
            present = None if before is None else TariffRecord.of(before).definition
            lines = await compared(agent, present, stated.definition())
            return confirmation(
                agent, "tariffs", data, lines, title="Enregistrer un tarif", concerns=stated.concerns
            )
        else:
            await agent.billing.state_tariff(stated.body(), seen=0)
    if not form.is_valid:
        return await _page(agent, form)
    flash.add(agent.request, "success", "Le tarif est enregistré.")
    return see_other("/agent/tarifs")


async def _before(agent: AgentContext, stated: TariffForm) -> TariffOut | None:
    """The tariff that holds on the day from which a new one is to count."""
    found = (await agent.billing.tariffs(stated.activity_id)).items
    holding = [each for each in found if each.effective_from <= stated.effective_from]
    return max(holding, key=lambda each: each.effective_from, default=None)
