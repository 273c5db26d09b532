"""A tariff's page: what an activity costs from a day on."""

from __future__ import annotations

import asyncio
from datetime import date
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from preau.common.errors import NotFound
from preau.gateway.api.models.billing import ChangesOut
from preau.gateway.pages.agents.context import AgentContext, BillingAgent
from preau.gateway.pages.agents.tariffs.definition import KEPT, KINDS, SHOWN, TariffRecord, restated
from preau.gateway.pages.agents.tariffs.forms import LEAST, MOST, TariffEditForm, family_of, names_of
from preau.gateway.pages.agents.tariffs.prices import Prices, compared, previewed
from preau.gateway.pages.agents.workbench.editing import Edit, Saving, edited
from preau.gateway.pages.agents.workbench.last_change import last_change
from preau.gateway.pages.agents.workbench.rows import rows_shown
from preau.gateway.pages.forms import Form
from preau.wording.dates import full_date

router = APIRouter()

CONCERNS = "Ces prix valent pour les prestations à partir du {day} ; les factures émises ne changent pas."


@router.get("/agent/tarifs/{activity_id}/{effective_from}")
async def read_tariff(agent: BillingAgent, activity_id: UUID, effective_from: date) -> Response:
    """One tariff."""
    return await _page(agent, activity_id, effective_from)


async def _tariff(agent: AgentContext, activity_id: UUID, effective_from: date) -> TariffRecord:
    found = (await agent.billing.tariffs(str(activity_id))).items
    tariff = next((each for each in found if each.effective_from == effective_from), None)
    if tariff is None:
        raise NotFound("Ce tarif n’existe pas.")
    return TariffRecord.of(tariff)


async def _page(
    agent: AgentContext,
    activity_id: UUID,
    effective_from: date,
    form: Form | None = None,
    preview: Prices | None = None,
) -> Response:
    tariff = await _tariff(agent, activity_id, effective_from)
    activity, changed = await asyncio.gather(
        agent.reservations.activity(str(activity_id)),
        last_change(agent, agent.billing.changes(tariff.tariff_id)),
    )
    shown = form or tariff.form()
    return agent.page(
        "tariffs/record",
        "tariffs",
        status=shown.status,
        form=shown,
        tariff=tariff,
        activity=activity,
        effective_from=effective_from,
        changed=changed,
        kinds=(KEPT, *KINDS) if tariff.kind == "kept" else KINDS,
        rows=rows_shown(shown, "brackets", LEAST, MOST),
        most=MOST,
        family_of=family_of,
        preview=preview,
    )


@router.post("/agent/tarifs/{activity_id}/{effective_from}")
async def change_tariff(agent: BillingAgent, activity_id: UUID, effective_from: date) -> Response:
    """State it anew, or show the prices for sample families."""

    async def page(form: Form, preview: Prices | None = None) -> Response:
        return await _page(agent, activity_id, effective_from, form, preview)

    async def read(_: TariffEditForm) -> TariffRecord:
        return await _tariff(agent, activity_id, effective_from)

    async def told(present: TariffRecord, changed: dict[str, Any]) -> Saving:
        return Saving(
            f"Modifier le tarif du {full_date(effective_from)}",
            CONCERNS.format(day=full_date(effective_from)),
            await compared(agent, present.definition, restated(present.definition, changed)),
        )

    async def save(stated: TariffEditForm, changed: dict[str, Any], seen: int) -> object:
        present = await read(stated)  # of another version than the one seen, billing refuses
        definition = restated(present.definition, changed)
        body = {"activity_id": activity_id, "effective_from": effective_from, "definition": definition}
        return await agent.billing.state_tariff(body, seen=seen)

    async def journal() -> ChangesOut:
        present = await _tariff(agent, activity_id, effective_from)
        return await agent.billing.changes(present.tariff_id)

    data = await agent.request.form()
    if data.get("action") == "preview":
        form, stated = TariffEditForm.sent(data)
        definition = stated and restated((await read(stated)).definition, stated.facts())
        return await previewed(agent, form, definition, page)
    edit = Edit(
        tab="tariffs",
        model=TariffEditForm,
        shown=SHOWN,
        read=read,
        save=save,
        page=page,
        told=told,
        names=names_of,
        journal=journal,
        done="Le tarif est enregistré.",
        to=f"/agent/tarifs/{activity_id}/{effective_from}",
    )
    return await edited(agent, edit)
