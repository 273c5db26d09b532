"""Families: search, record, and what changes in it."""

from __future__ import annotations

from collections.abc import Awaitable
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from preau.gateway.api.models.identity import FamilyOut
from preau.gateway.api.problems import UpstreamProblem
from preau.gateway.pages import flash
from preau.gateway.pages.agents.context import AgentContext, RegistryReader, ReservationsAgent
from preau.gateway.pages.agents.families import registration
from preau.gateway.pages.agents.families.listing import FAMILIES
from preau.gateway.pages.agents.workbench.pages import list_page
from preau.gateway.pages.agents.workbench.sheets import SheetKind, sheet_response
from preau.gateway.pages.forms import REFUSED, Form, changes
from preau.gateway.pages.rendering import see_other

router = APIRouter()
router.include_router(registration.router)


@router.get("/agent/familles")
async def list_families(agent: RegistryReader) -> Response:
    """Families by name; `q` searches names, e-mails and children."""
    return await list_page(agent, FAMILIES, "families/list", "families")


@router.get("/agent/familles.{kind}")
async def families_sheet(agent: RegistryReader, kind: SheetKind) -> Response:
    """The same families, all of them, for a spreadsheet."""
    return await sheet_response(agent, FAMILIES, kind)


@router.get("/agent/familles/{family_id}")
async def read_family(agent: RegistryReader, family_id: UUID) -> Response:
    """The record of a family."""
    return await _record(agent, family_id)


async def _record(agent: AgentContext, family_id: UUID, **forms: Form) -> Response:
    family = await agent.identity.family(str(family_id))
    shown: dict[str, Form] = {"edit_form": _edit_form(family), "child_form": Form(), "quotient_form": Form()}
    shown |= forms
    invoices = None
    if agent.session.may("billing"):
        invoices = await agent.billing.invoices(family_id=str(family_id), limit=5)
    return agent.page(
        "families/record",
        "families",
        status=422 if forms else 200,
        household=family,
        invoices=invoices,
        wrong=next(iter(forms.values()), Form()),
        **shown,
    )


def _edit_form(family: FamilyOut) -> Form:
    return Form(
        {
            "label": family.label,
            "residency": family.residency,
            "street": family.address.street,
            "postal_code": family.address.postal_code,
            "city": family.address.city,
        }
    )


async def _kept(form: Form, call: Awaitable[object], names: dict[str, str] | None = None) -> bool:
    """Whether the service took it; what it found wrong goes to the form."""
    try:
        await call
    except UpstreamProblem as problem:
        if problem.status not in REFUSED:
            raise
        form.refuse(problem, names)
        return False
    return True


@router.post("/agent/familles/{family_id}")
async def change_family(agent: ReservationsAgent, family_id: UUID) -> Response:
    """Change label, residency and address."""
    form = Form.sent(await agent.request.form())
    body = {
        "label": form.value("label"),
        "residency": form.value("residency"),
        "address": {name: form.value(name) for name in ("street", "postal_code", "city")},
    }
    names = {f"address.{name}": name for name in ("street", "postal_code", "city")}
    if not form.is_valid:
        return await _record(agent, family_id, edit_form=form)
    changed = changes(body, await agent.identity.family(str(family_id)))
    if changed and not await _kept(form, agent.identity.change_family(str(family_id), changed), names):
        return await _record(agent, family_id, edit_form=form)
    flash.add(agent.request, "success", "La fiche est enregistrée.")
    return see_other(f"/agent/familles/{family_id}")


@router.post("/agent/familles/{family_id}/enfants")
async def add_child(agent: ReservationsAgent, family_id: UUID) -> Response:
    """Add a child."""
    form = Form.sent(await agent.request.form())
    form.require(
        {
            "first_name": "Indiquez le prénom.",
            "last_name": "Indiquez le nom.",
            "birth_date": "Indiquez la date de naissance.",
        }
    )
    names = ("first_name", "last_name", "birth_date", "school", "class_name", "level", "diet")
    body = {name: form.value(name) for name in names if form.value(name)}
    if not form.is_valid or not await _kept(form, agent.identity.add_child(str(family_id), body)):
        return await _record(agent, family_id, child_form=form)
    flash.add(agent.request, "success", f"{form.value('first_name')} est dans la fiche.")
    return see_other(f"/agent/familles/{family_id}")


@router.post("/agent/familles/{family_id}/quotients")
async def set_quotient(agent: ReservationsAgent, family_id: UUID) -> Response:
    """Set the quotient from a day on."""
    form = Form.sent(await agent.request.form())
    form.require({"value": "Indiquez le quotient.", "effective_from": "Indiquez à partir de quand."})
    body = {"value": form.value("value"), "effective_from": form.value("effective_from")}
    if not form.is_valid or not await _kept(form, agent.identity.set_quotient(str(family_id), body)):
        return await _record(agent, family_id, quotient_form=form)
    flash.add(agent.request, "success", "Le quotient est enregistré.")
    return see_other(f"/agent/familles/{family_id}")


@router.post("/agent/familles/{family_id}/responsables/{guardian_id}/invitation")
async def invite_again(agent: ReservationsAgent, family_id: UUID, guardian_id: UUID) -> Response:
    """Send a new code and link; the earlier ones stop working."""
    form = Form()
    sent = await _kept(form, agent.identity.invite(str(family_id), str(guardian_id)))
    text = "L’invitation est envoyée : le code et le lien précédents ne servent plus."
    flash.add(agent.request, "success" if sent else "error", text if sent else form.failure)
    return see_other(f"/agent/familles/{family_id}")
