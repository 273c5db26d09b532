"""Families: search, record, and what changes in it."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from preau.gateway.proxy.problems import UpstreamProblem
from preau.gateway.web import flash
from preau.gateway.web.agents.office import Office, Registrar, Reservations
from preau.gateway.web.forms import REFUSED, Form
from preau.gateway.web.rendering import see_other

router = APIRouter()


@router.get("/agent/familles")
async def list_families(office: Registrar, q: str = "", cursor: str = "") -> Response:
    """Families by name; `q` searches names, e-mails and children."""
    found = await office.get("identity", "/families", q=q, cursor=cursor)
    return office.page("families/list", "families", found=found, q=q, next_url=office.next_url(found))


@router.get("/agent/familles/{family_id}")
async def read_family(office: Registrar, family_id: UUID) -> Response:
    """The record of a family."""
    return await _record(office, family_id)


async def _record(office: Office, family_id: UUID, **forms: Form) -> Response:
    family = await office.get("identity", f"/families/{family_id}")
    shown: dict[str, Any] = {"edit_form": _edit_form(family), "child_form": Form(), "quotient_form": Form()}
    shown |= forms
    invoices = None
    if office.session.may("billing"):
        invoices = await office.get("billing", "/invoices", family_id=family_id, limit=5)
    return office.page(
        "families/record",
        "families",
        status=422 if forms else 200,
        household=family,
        invoices=invoices,
        wrong=next(iter(forms.values()), Form()),
        **shown,
    )


def _edit_form(family: dict[str, Any]) -> Form:
    return Form({"label": family["label"], "residency": family["residency"], **family["address"]})


async def _kept(form: Form, call: Awaitable[Any], names: dict[str, str] | None = None) -> bool:
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
async def change_family(office: Reservations, family_id: UUID) -> Response:
    """Change label, residency and address."""
    form = Form.sent(await office.request.form())
    body = {
        "label": form.value("label"),
        "residency": form.value("residency"),
        "address": {name: form.value(name) for name in ("street", "postal_code", "city")},
    }
    names = {f"address.{name}": name for name in ("street", "postal_code", "city")}
    if not form.is_valid or not await _kept(
        form, office.patch("identity", f"/families/{family_id}", body), names
    ):
        return await _record(office, family_id, edit_form=form)
    flash.tell(office.request, "success", "La fiche est enregistrée.")
    return see_other(f"/agent/familles/{family_id}")


@router.post("/agent/familles/{family_id}/enfants")
async def add_child(office: Reservations, family_id: UUID) -> Response:
    """Add a child."""
    form = Form.sent(await office.request.form())
    form.require(
        {
            "first_name": "Indiquez le prénom.",
            "last_name": "Indiquez le nom.",
            "birth_date": "Indiquez la date de naissance.",
        }
    )
    names = ("first_name", "last_name", "birth_date", "school", "class_name", "level", "diet")
    body = {name: form.value(name) for name in names if form.value(name)}
    if not form.is_valid or not await _kept(
        form, office.post("identity", f"/families/{family_id}/children", body)
    ):
        return await _record(office, family_id, child_form=form)
    flash.tell(office.request, "success", f"{form.value('first_name')} est dans la fiche.")
    return see_other(f"/agent/familles/{family_id}")


@router.post("/agent/familles/{family_id}/quotients")
async def set_quotient(office: Reservations, family_id: UUID) -> Response:
    """Set the quotient from a day on."""
    form = Form.sent(await office.request.form())
    form.require({"value": "Indiquez le quotient.", "effective_from": "Indiquez à partir de quand."})
    body = {"value": form.value("value"), "effective_from": form.value("effective_from")}
    if not form.is_valid or not await _kept(
        form, office.post("identity", f"/families/{family_id}/quotients", body)
    ):
        return await _record(office, family_id, quotient_form=form)
    flash.tell(office.request, "success", "Le quotient est enregistré.")
    return see_other(f"/agent/familles/{family_id}")


@router.post("/agent/familles/{family_id}/responsables/{guardian_id}/invitation")
async def invite_again(office: Reservations, family_id: UUID, guardian_id: UUID) -> Response:
    """Send a new code and link; the earlier ones stop working."""
    form = Form()
    sent = await _kept(
        form, office.post("identity", f"/families/{family_id}/guardians/{guardian_id}/invitation")
    )
    text = "L’invitation est envoyée : le code et le lien précédents ne servent plus."
    flash.tell(office.request, "success" if sent else "error", text if sent else form.failure)
    return see_other(f"/agent/familles/{family_id}")
