"""A tariff's page: what an activity costs from a day on."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from preau.common.errors import NotFound
from preau.gateway.api.models.billing import ChangesOut, TariffOut
from preau.gateway.pages.agents.context import AgentContext, BillingAgent
from preau.gateway.pages.agents.tariffs.codes import own_codes
from preau.gateway.pages.agents.tariffs.faults import naming
from preau.gateway.pages.agents.tariffs.page import Prices, known_of, previewed, terms_context
from preau.gateway.pages.agents.tariffs.samples import SAMPLES, compared, prices_of
from preau.gateway.pages.agents.tariffs.simulation import asks_to_simulate, simulated
from preau.gateway.pages.agents.tariffs.terms import Standing, TermsForm, as_json, typed_terms
from preau.gateway.pages.agents.tariffs.words import shown
from preau.gateway.pages.agents.workbench.editing import VERSION, Edit, EditForm, Saving, edited
from preau.gateway.pages.agents.workbench.last_change import last_change
from preau.gateway.pages.forms import Form
from preau.wording.dates import full_date

router = APIRouter()

CONCERNS = "Ces prix valent pour les prestations à partir du {day} ; les factures émises ne changent pas."


@dataclass(frozen=True, slots=True)
class TariffRecord(Standing):
    """A tariff that stands, on one of its versions."""

    version: int


class TariffEditForm(EditForm, TermsForm):
    """A tariff that stands, to be stated anew."""


async def tariff_of(agent: AgentContext, activity_id: UUID, effective_from: date) -> TariffOut:
    """The tariff of an activity from a day on. Raises NotFound."""
    found = (await agent.billing.tariffs(str(activity_id))).items
    tariff = next((each for each in found if each.effective_from == effective_from), None)
    if tariff is None:
        raise NotFound("Ce tarif n’existe pas.")
    return tariff


@router.get("/agent/tarifs/{activity_id}/{effective_from}")
async def read_tariff(agent: BillingAgent, activity_id: UUID, effective_from: date) -> Response:
    """One tariff."""
    return await _page(agent, activity_id, effective_from)


async def _page(
    agent: AgentContext,
    activity_id: UUID,
    effective_from: date,
    form: Form | None = None,
    prices: Prices | None = None,
) -> Response:
    tariff = await tariff_of(agent, activity_id, effective_from)
    activity, changed, known = await asyncio.gather(
        agent.reservations.activity(str(activity_id)),
        last_change(agent, agent.billing.changes(tariff.tariff_id)),
        known_of(agent),
    )
    said = known.codes.said(tariff.definition)
    opened = form or Form({**typed_terms(said), VERSION: tariff.version})
    if form is None:
        prices = await prices_of(agent, tariff.definition, SAMPLES, known.codes)
    return agent.page(
        "tariffs/record",
        "tariffs",
        status=opened.status,
        activity=activity,
        effective_from=effective_from,
        changed=changed,
        **terms_context(opened, known, prices),
    )


@router.post("/agent/tarifs/{activity_id}/{effective_from}")
async def change_tariff(agent: BillingAgent, activity_id: UUID, effective_from: date) -> Response:
    """State it anew, or show the prices for sample families."""

    async def page(form: Form, prices: Prices | None = None) -> Response:
        return await _page(agent, activity_id, effective_from, form, prices)

    async def read(_: TariffEditForm) -> TariffRecord:
        tariff = await tariff_of(agent, activity_id, effective_from)
        return TariffRecord(tariff.definition, tariff.version)

    async def told(stated: TariffEditForm, present: TariffRecord, _: dict[str, Any]) -> Saving:
        return Saving(
            f"Modifier le tarif du {full_date(effective_from)}",
            CONCERNS.format(day=full_date(effective_from)),
            await compared(
                agent, present.definition, codes.coded(stated.definition()), stated.samples, codes
            ),
        )

    async def save(stated: TariffEditForm, _: dict[str, Any], seen: int) -> object:
        body = {"activity_id": activity_id, "effective_from": effective_from}
        return await agent.billing.state_tariff(
            {**body, "definition": as_json(codes.coded(stated.definition()))}, seen=seen
        )

    async def journal() -> ChangesOut:
        present = await tariff_of(agent, activity_id, effective_from)
        return await agent.billing.changes(present.tariff_id)

    def parts(stated: TariffEditForm, present: TariffRecord) -> dict[str, Any]:
        return present.restated(codes.coded(stated.definition()))

    data = await agent.request.form()
    if data.get("action") == "preview":
        return await previewed(agent, data, page)
    if asks_to_simulate(data):
        return await simulated(agent, data, page, activity_id)
    codes = await own_codes(agent)
    edit = Edit(
        tab="tariffs",
        model=TariffEditForm,
        shown=shown(codes),
        read=read,
        save=save,
        page=page,
        body=parts,
        told=told,
        names=naming,
        journal=journal,
        done="Le tarif est enregistré.",
        to=f"/agent/tarifs/{activity_id}/{effective_from}",
    )
    return await edited(agent, edit)
