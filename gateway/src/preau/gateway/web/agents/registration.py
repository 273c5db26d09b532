"""Registering a family: one form, several guardians, children and quotients."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from preau.gateway.proxy.problems import UpstreamProblem
from preau.gateway.web import flash
from preau.gateway.web.agents.office import Office, Reservations
from preau.gateway.web.forms import REFUSED, Form
from preau.gateway.web.rendering import see_other
from preau.gateway.web.typed import whole_number

router = APIRouter()

MOST = {"guardians": 4, "children": 8, "quotients": 3}
FIELDS = {
    "guardians": ("civility", "first_name", "last_name", "email", "phone"),
    "children": ("first_name", "last_name", "birth_date", "school", "class_name", "level", "diet"),
    "quotients": ("value", "effective_from"),
}
TELLING = {
    "guardians": ("first_name", "last_name", "email", "phone"),
    "children": ("first_name", "last_name", "birth_date", "school", "class_name", "diet"),
    "quotients": ("value",),
}
"""The fields that say that a row was filled in: the others have a value from the start."""


@router.get("/agent/familles/nouvelle")
async def registration_page(office: Reservations) -> Response:
    """The form, with rows for one guardian and two children."""
    return _page(office, Form({"residency": "resident", "payer": "0"}), {"guardians": 1, "children": 2})


@router.post("/agent/familles/nouvelle")
async def register(office: Reservations) -> Response:
    """Register, or show one row more, or say what is wrong where it is."""
    form = Form.sent(await office.request.form())
    rows = {name: min(whole_number(form.value(f"rows.{name}")) or 1, MOST[name]) for name in MOST}
    if form.value("add") in MOST:
        added = form.value("add")
        return _page(office, form, rows | {added: min(rows[added] + 1, MOST[added])})
    body, places = body_of(form, rows)
    form.require({"label": "Indiquez le nom de la famille."})
    if form.is_valid:
        try:
            family = await office.post("identity", "/families", body)
        except UpstreamProblem as problem:
            if problem.status not in REFUSED:
                raise
            form.refuse(problem, names_of(places))
        else:
            flash.tell(office.request, "success", _welcome(family))
            return see_other(f"/agent/familles/{family['family_id']}")
    return _page(office, form, rows, status=422)


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
            if any(form.value(f"{name}.{row}.{told}") for told in TELLING[name])
        ]
        places[name] = filled
        body[name] = [
            {
                told: form.value(f"{name}.{row}.{told}")
                for told in fields
                if form.value(f"{name}.{row}.{told}")
            }
            for row in filled
        ]
    for row, guardian in zip(places["guardians"], body["guardians"], strict=True):
        guardian["is_payer"] = form.value("payer") == str(row)
    return body, places


def names_of(places: dict[str, list[int]]) -> dict[str, str]:
    """The form's field for each name that identity may tell: empty rows were left out in between."""
    names = {
        f"{name}.{index}.{told}": f"{name}.{row}.{told}"
        for name, rows in places.items()
        for index, row in enumerate(rows)
        for told in FIELDS[name]
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
            case [group, row, told] if group in TITLES and row.isdigit():
                labels[name] = f"{TITLES[group]} {int(row) + 1}, {WORDS.get(told, told)}"
            case _:
                pass
    return labels


def _welcome(family: dict[str, Any]) -> str:
    invited = [person["email"] for person in family["guardians"] if person["email"]]
    text = f"La famille {family['label']} est enregistrée."
    return f"{text} Invitation envoyée à {', '.join(invited)}." if invited else text


def _page(office: Office, form: Form, rows: dict[str, int], status: int = 200) -> Response:
    return office.page(
        "families/new",
        "families",
        status=status,
        form=form,
        labels=labels_of(form),
        rows={name: max(rows.get(name, 1), 1) for name in MOST},
        most=MOST,
    )
