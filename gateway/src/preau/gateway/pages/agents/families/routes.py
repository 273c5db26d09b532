"""Families: search, record, and what changes in it."""

from __future__ import annotations

import asyncio
from datetime import date
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from preau.gateway.api.models.identity import AgentCommuneOut, FamilyOut
from preau.gateway.api.problems import UpstreamProblem
from preau.gateway.pages import flash
from preau.gateway.pages.agents.context import (
    AgentContext,
    BillingAgent,
    RegistryReader,
    RequestsAgent,
    ReservationsAgent,
)
from preau.gateway.pages.agents.families import custody_routes, dated_routes, registration
from preau.gateway.pages.agents.families.dated import (
    categories_of,
    custody_lines,
    payer_lines,
    quotient_lines,
    residency_lines,
    schooling_lines,
)
from preau.gateway.pages.agents.families.forms import DELIVERIES, SHOWN, ChildForm, QuotientForm, RecordForm
from preau.gateway.pages.agents.families.listing import FAMILIES
from preau.gateway.pages.agents.workbench.editing import Edit, Saving, edited
from preau.gateway.pages.agents.workbench.last_change import last_change
from preau.gateway.pages.agents.workbench.pages import list_page
from preau.gateway.pages.agents.workbench.sheets import SheetKind, sheet_response
from preau.gateway.pages.agents.workbench.tabs import Tab, tabs_of
from preau.gateway.pages.forms import Form
from preau.gateway.pages.rendering import see_other
from preau.wording.amounts import quotient_familial
from preau.wording.typography import counted

router = APIRouter()
router.include_router(registration.router)
router.include_router(dated_routes.router)
router.include_router(custody_routes.router)


@router.get("/agent/familles")
async def list_families(agent: RegistryReader) -> Response:
    """Families by name; `q` searches names, e-mails and children."""
    return await list_page(agent, FAMILIES, "families/list", "families")


@router.get("/agent/familles.{kind}")
async def families_sheet(agent: RegistryReader, kind: SheetKind) -> Response:
    """The same families, all of them, for a spreadsheet."""
    return await sheet_response(agent, FAMILIES, kind)


TABS = (
    Tab("summary", "Résumé"),
    Tab("children", "Enfants", "/enfants"),
    Tab("quotients", "Quotient", "/quotients"),
    Tab("bookings", "Réservations", "/reservations", ("reservations",)),
    Tab("invoices", "Factures", "/factures", ("billing",)),
    Tab("requests", "Demandes", "/demandes", ("requests",)),
)
SHOWN_AT_ONCE = 20
"""The bookings, invoices and requests of a family that its record shows; its lists have them all."""


@router.get("/agent/familles/{family_id}")
async def read_family(agent: RegistryReader, family_id: UUID) -> Response:
    """The record of a family: who they are and where they live."""
    return await _record(agent, family_id, "summary")


@router.get("/agent/familles/{family_id}/enfants")
async def read_children(agent: RegistryReader, family_id: UUID) -> Response:
    """Its children."""
    return await _record(agent, family_id, "children")


@router.get("/agent/familles/{family_id}/quotients")
async def read_quotients(agent: RegistryReader, family_id: UUID) -> Response:
    """Its quotients."""
    return await _record(agent, family_id, "quotients")


@router.get("/agent/familles/{family_id}/reservations")
async def read_bookings(agent: ReservationsAgent, family_id: UUID) -> Response:
    """Its bookings from today on."""
    found = await agent.reservations.bookings(
        family_id=str(family_id), date_from=agent.today.isoformat(), sort="date", limit=SHOWN_AT_ONCE
    )
    return await _record(agent, family_id, "bookings", found=found)


@router.get("/agent/familles/{family_id}/factures")
async def read_invoices(agent: BillingAgent, family_id: UUID) -> Response:
    """Its latest invoices."""
    found, accounts = await asyncio.gather(
        agent.billing.invoices(family_id=str(family_id), limit=SHOWN_AT_ONCE),
        agent.billing.family_accounts(str(family_id)),
    )
    return await _record(agent, family_id, "invoices", found=found, accounts=accounts.items)


@router.get("/agent/familles/{family_id}/demandes")
async def read_requests(agent: RequestsAgent, family_id: UUID) -> Response:
    """Its latest requests."""
    found = await agent.requests.requests(family_id=str(family_id), sort="-sent", limit=SHOWN_AT_ONCE)
    return await _record(agent, family_id, "requests", found=found)


async def _record(
    agent: AgentContext, family_id: UUID, tab: str, form: Form | None = None, **context: object
) -> Response:
    """The record with one of its tabs; ``form`` is what was typed into the tab's form."""
    family, commune, changed = await asyncio.gather(
        agent.identity.family(str(family_id)),
        _commune(agent, tab),
        last_change(agent, agent.identity.changes(str(family_id))),
    )
    wrong = form or Form()
    return agent.page(
        "families/record",
        "families",
        status=wrong.status,
        household=family,
        facts=_facts_by_day(family, commune, agent.today),
        categories=categories_of(commune) if commune else [],
        deliveries=DELIVERIES,
        changed=changed,
        tabs=tabs_of(agent, TABS, f"/agent/familles/{family_id}", tab),
        wrong=wrong,
        form=form or _opened(agent, family, tab),
        editing=form is not None,
        **context,
    )


async def _commune(agent: AgentContext, tab: str) -> AgentCommuneOut | None:
    """The commune, for the tabs that show something in words of its own."""
    return await agent.identity.commune() if tab in {"summary", "children"} else None


def _facts_by_day(family: FamilyOut, commune: AgentCommuneOut | None, today: date) -> dict[str, Any]:
    """The histories of the family, those in the commune's own words when it is given."""
    facts: dict[str, Any] = {"payer": payer_lines(family, today), "quotient": quotient_lines(family, today)}
    facts["custodies"] = {
        child.child_id: custody_lines(child, family.label, today) for child in family.children
    }
    facts["shared"] = {
        child.child_id: custody_lines(child, child.home_family_label, today)
        for child in family.shared_children
    }
    if commune:
        facts["residency"] = residency_lines(family, commune, today)
        facts["schoolings"] = {
            child.child_id: schooling_lines(child, commune, today) for child in family.children
        }
    return facts


def _opened(agent: AgentContext, family: FamilyOut, tab: str) -> Form:
    """The form of a tab before anything is typed into it."""
    if tab == "quotients":
        return Form({"effective_from": agent.today.isoformat()})
    return _edit_form(family) if tab == "summary" else Form()


def _edit_form(family: FamilyOut) -> Form:
    return Form(
        {
            "version": family.version,
            "label": family.label,
            "street": family.address.street,
            "postal_code": family.address.postal_code,
            "city": family.address.city,
            "delivery": family.delivery,
        }
    )


def _concerns(family: FamilyOut) -> str:
    """Whom a change of the record touches."""
    return f"{counted(len(family.children), 'enfant est concerné', 'enfants sont concernés')}."


@router.post("/agent/familles/{family_id}")
async def change_family(agent: ReservationsAgent, family_id: UUID) -> Response:
    """Change label, address and how the family gets its invoices."""

    async def read(_: RecordForm) -> FamilyOut:
        return await agent.identity.family(str(family_id))

    def body(stated: RecordForm, _: FamilyOut) -> dict[str, Any]:
        return stated.body()

    async def told(_: RecordForm, present: FamilyOut, __: dict[str, Any]) -> Saving:
        return Saving(f"Modifier {present.label}", _concerns(present))

    async def save(_: RecordForm, changed: dict[str, Any], seen: int) -> object:
        return await agent.identity.change_family(str(family_id), changed, seen=seen)

    async def page(form: Form) -> Response:
        return await _record(agent, family_id, "summary", form)

    edit = Edit(
        tab="families",
        model=RecordForm,
        shown=SHOWN,
        read=read,
        body=body,
        save=save,
        page=page,
        told=told,
        journal=lambda: agent.identity.changes(str(family_id)),
        names=lambda _: {f"address.{name}": name for name in ("street", "postal_code", "city")}.get,
        done="La fiche est enregistrée.",
        to=f"/agent/familles/{family_id}",
    )
    return await edited(agent, edit)


@router.post("/agent/familles/{family_id}/enfants")
async def add_child(agent: ReservationsAgent, family_id: UUID) -> Response:
    """Add a child."""
    form, stated = ChildForm.sent(await agent.request.form())
    if stated is not None:
        with form.refusing():
            await agent.identity.add_child(str(family_id), stated.body())
            flash.add(agent.request, "success", f"{stated.first_name} est dans la fiche.")
            return see_other(f"/agent/familles/{family_id}/enfants")
    return await _record(agent, family_id, "children", form)


@router.post("/agent/familles/{family_id}/quotients")
async def set_quotient(agent: ReservationsAgent, family_id: UUID) -> Response:
    """Set the quotient from a day on; the message tells which one it replaced."""
    form, stated = QuotientForm.sent(await agent.request.form())
    if stated is not None:
        with form.refusing():
            before = (await agent.identity.family(str(family_id))).quotients
            await agent.identity.set_quotient(str(family_id), stated.body())
            replaced = [
                quotient_familial(each.cents)
                for each in before
                if each.effective_from == stated.effective_from
            ]
            told = f" Il remplace celui de {replaced[0]} qui commençait le même jour." if replaced else ""
            saved = f"Le quotient de {quotient_familial(stated.value)} est enregistré.{told}"
            flash.add(agent.request, "success", saved)
            return see_other(f"/agent/familles/{family_id}/quotients")
    return await _record(agent, family_id, "quotients", form)


@router.post("/agent/familles/{family_id}/responsables/{guardian_id}/invitation")
async def invite_again(agent: ReservationsAgent, family_id: UUID, guardian_id: UUID) -> Response:
    """Send a new code and link; the earlier ones stop working."""
    try:
        await agent.identity.invite(str(family_id), str(guardian_id))
    except UpstreamProblem as problem:
        form = Form()
        form.refuse(problem)
        flash.add(agent.request, "error", form.failure or next(iter(form.errors.values())))
    else:
        flash.add(
            agent.request,
            "success",
            "L’invitation est envoyée : le code et le lien précédents ne servent plus.",
        )
    return see_other(f"/agent/familles/{family_id}")
