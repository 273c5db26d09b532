"""Registering a family: one form, several guardians, children and quotients."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from preau.gateway.api.models.identity import FamilyOut
from preau.gateway.api.problems import UpstreamProblem
from preau.gateway.pages import flash
from preau.gateway.pages.agents.context import AgentContext, ReservationsAgent
from preau.gateway.pages.forms import REFUSED, Form
from preau.gateway.pages.input_values import whole_number
from preau.gateway.pages.rendering import see_other

router = APIRouter()

MOST = {"guardians": 4, "children": 8, "quotients": 3}
FIELDS = {
    "guardians": ("civility", "first_name", "last_name", "email", "phone"),
    "children": ("first_name", "last_name", "birth_date", "school", "class_name", "level", "diet"),
    "quotients": ("value", "effective_from"),
}
DISTINCTIVE = {
    "guardians": ("first_name", "last_name", "email", "phone"),
    "children": ("first_name", "last_name", "birth_date", "school", "class_name", "diet"),
    "quotients": ("value",),
}
"""The fields that say that a row was filled in: the others have a value from the start."""


@router.get("/agent/familles/nouvelle")
async def registration_page(agent: ReservationsAgent) -> Response:
    """The form, with rows for one guardian and two children."""
    return _page(agent, Form({"residency": "resident", "payer": "0"}), {"guardians": 1, "children": 2})


@router.post("/agent/familles/nouvelle")
async def register(agent: ReservationsAgent) -> Response:
    """Register, or show one row more, or say what is wrong where it is."""
    form = Form.sent(await agent.request.form())
    rows = {name: min(whole_number(form.value(f"rows.{name}")) or 1, MOST[name]) for name in MOST}
    if form.value("add") in MOST:
        added = form.value("add")
        return _page(agent, form, rows | {added: min(rows[added] + 1, MOST[added])})
    body, places = body_of(form, rows)
    form.require({"label": "Indiquez le nom de la famille."})
    if form.is_valid:
        try:
            family = await agent.identity.register(body)
        except UpstreamProblem as problem:
            if problem.status not in REFUSED:
                raise
            form.refuse(problem, names_of(places))
        else:
            flash.add(agent.request, "success", _welcome(family))
            return see_other(f"/agent/familles/{family.family_id}")
    return _page(agent, form, rows, status=422)


def body_of(form: Form, rows: dict[str, int]) -> tuple[dict[str, Any], dict[str, list[int]]]:
    """The body for identity, and for each list the form's row that each entry came from."""
    body: dict[str, Any] = {
        "label": form.value("label"),
        "residency": form.value("residency") or "resident",
        "address": {name: form.value(f"address.{name}") for name in ("street", "postal_code", "city")},
    }
    places: dict[str, list[int]] = {}
    for name, fields in FIELDS.items():
        filled = [
            row
            for row in range(rows[name])
            if any(form.value(f"{name}.{row}.{field}") for field in DISTINCTIVE[name])
        ]
        places[name] = filled
        body[name] = [
            {
                field: form.value(f"{name}.{row}.{field}")
                for field in fields
                if form.value(f"{name}.{row}.{field}")
            }
            for row in filled
        ]
    for row, guardian in zip(places["guardians"], body["guardians"], strict=True):
        guardian["is_payer"] = form.value("payer") == str(row)
    return body, places


def names_of(places: dict[str, list[int]]) -> dict[str, str]:
    """The form's field for each name that identity may name: empty rows were left out in between."""
    names = {
        f"{name}.{index}.{field}": f"{name}.{row}.{field}"
        for name, rows in places.items()
        for index, row in enumerate(rows)
        for field in FIELDS[name]
    }
    return names | {"guardians": "guardians.0.last_name"}


WORDS = {
    "civility": "civilité",
    "first_name": "prénom",
    "last_name": "nom",
    "email": "e-mail",
    "phone": "téléphone",
    "birth_date": "date de naissance",
    "school": "école",
    "class_name": "classe",
    "level": "niveau",
    "diet": "régime alimentaire",
    "value": "valeur",
    "effective_from": "à partir du",
}
TITLES = {"guardians": "Responsable", "children": "Enfant", "quotients": "Quotient"}


def labels_of(form: Form) -> dict[str, str]:
    """What the summary of errors calls each field in error: "Enfant 2, date de naissance"."""
    labels = {"label": "Nom de la famille"}
    for name in form.errors:
        match name.split("."):
            case [group, row, field] if group in TITLES and row.isdigit():
                labels[name] = f"{TITLES[group]} {int(row) + 1}, {WORDS.get(field, field)}"
            case _:
                pass
    return labels


def _welcome(family: FamilyOut) -> str:
    invited = [person.email for person in family.guardians if person.email]
    text = f"La famille {family.label} est enregistrée."
    return f"{text} Invitation envoyée à {', '.join(invited)}." if invited else text


def _page(agent: AgentContext, form: Form, rows: dict[str, int], status: int = 200) -> Response:
    return agent.page(
        "families/new",
        "families",
        status=status,
        form=form,
        labels=labels_of(form),
        rows={name: max(rows.get(name, 1), 1) for name in MOST},
        most=MOST,
    )
