"""Registering a family: one form, several guardians, children and quotients."""

from __future__ import annotations

from typing import NamedTuple

from fastapi import APIRouter
from starlette.responses import Response

from preau.gateway.api.models.identity import FamilyOut
from preau.gateway.api.problems import UpstreamProblem
from preau.gateway.pages import flash
from preau.gateway.pages.agents.context import AgentContext, ReservationsAgent
from preau.gateway.pages.agents.families.dated import categories_of, residencies_of
from preau.gateway.pages.agents.families.forms import DELIVERIES, LEAST, MOST, RegistrationForm
from preau.gateway.pages.agents.workbench.rows import asks_for_rows, rows_shown
from preau.gateway.pages.forms import Form
from preau.gateway.pages.rendering import see_other

router = APIRouter()


class Known(NamedTuple):
    """A family that is registered already."""

    family_id: str
    label: str


@router.get("/agent/familles/nouvelle")
async def registration_page(agent: ReservationsAgent) -> Response:
    """The form, with rows for one guardian and two children."""
    return await _page(agent, Form({"residency": "resident", "payer": "0", "delivery": "mail"}))


@router.post("/agent/familles/nouvelle")
async def register(agent: ReservationsAgent) -> Response:
    """Register, or show one row more, or say what is wrong where it is."""
    data = await agent.request.form()
    form, stated = RegistrationForm.sent(data)
    if asks_for_rows(data):
        return await _page(agent, Form(form.values))
    if stated is not None:
        try:
            family = await agent.identity.register(stated.body(form))
        except UpstreamProblem as problem:
            form.refuse(problem)
            if problem.type == "family-registered":
                known = Known(problem.extension("family_id"), problem.extension("family_label"))
                return await _page(agent, form, status=409, known=known)
        else:
            flash.add(agent.request, "success", _welcome(family))
            return see_other(f"/agent/familles/{family.family_id}")
    return await _page(agent, form, status=422)


def _welcome(family: FamilyOut) -> str:
    invited = [person.email for person in family.guardians if person.email]
    text = f"La famille {family.label} est enregistrée."
    return f"{text} Invitation envoyée à {', '.join(invited)}." if invited else text


async def _page(agent: AgentContext, form: Form, status: int = 200, known: Known | None = None) -> Response:
    commune = await agent.identity.commune()
    return agent.page(
        "families/new",
        "families",
        status=status,
        form=form,
        known=known,
        rows={name: rows_shown(form, name, LEAST[name], most) for name, most in MOST.items()},
        most=MOST,
        classes=residencies_of(commune),
        categories=categories_of(commune),
        deliveries=DELIVERIES,
    )
