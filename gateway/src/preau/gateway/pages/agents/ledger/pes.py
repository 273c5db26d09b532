"""What the public accountant is sent of a régie's month: asked for, and fetched as a file."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter
from pydantic import Field
from starlette.responses import Response

from preau.gateway.api.problems import UpstreamProblem
from preau.gateway.pages.agents.context import AgentContext, BillingAgent
from preau.gateway.pages.form_fields import Month, Needed, Ticked, Whole
from preau.gateway.pages.form_models import FormModel
from preau.gateway.pages.forms import Form

router = APIRouter()

KINDS = (
    ("titles", "Titres des factures"),
    ("reductions", "Réductions par les avoirs"),
    ("cash", "Encaissements de la régie"),
)


class PesForm(FormModel):
    """Which bordereau."""

    regie_id: Annotated[str, Field(title="Régie"), Needed("Choisissez une régie.")]
    period: Annotated[Month, Field(title="Mois"), Needed("Choisissez un mois.")]
    kind: Annotated[
        Literal["titles", "reductions", "cash"], Field(title="Contenu"), Needed("Choisissez le contenu.")
    ]
    number: Annotated[
        Whole,
        Field(title="Numéro de bordereau", gt=0, le=9_999_999),
        Needed("Indiquez le numéro du bordereau."),
    ]
    leave_out: Annotated[Ticked, Field(title="Pièces laissées de côté")] = False


@router.get("/agent/journal/pes")
async def ask_pes(agent: BillingAgent) -> Response:
    """The form."""
    return await _page(agent, Form({"kind": "titles"}))


async def _page(agent: AgentContext, form: Form, *, may_leave_out: bool = False) -> Response:
    regies = (await agent.billing.regies()).items
    options = [(each.regie_id, each.label) for each in regies]
    return agent.page(
        "ledger/pes",
        "journal",
        status=form.status,
        form=form,
        regies=options,
        kinds=KINDS,
        may_leave_out=may_leave_out,
    )


@router.post("/agent/journal/pes")
async def fetch_pes(agent: BillingAgent) -> Response:
    """The file, or what it lacks; what takes from no known titre is named and may be left out."""
    form, stated = PesForm.sent(await agent.request.form())
    may_leave_out = stated is not None and stated.leave_out
    if stated is not None:
        try:
            file = await agent.billing.pes(
                stated.regie_id,
                period=str(stated.period),
                kind=stated.kind,
                number=str(stated.number),
                leave_out=stated.leave_out,
            )
            headers = {"Content-Disposition": file.disposition, "Cache-Control": "private, no-store"}
            return Response(file.body, media_type=file.media_type, headers=headers)
        except UpstreamProblem as problem:
            form.refuse(problem)
            may_leave_out = may_leave_out or problem.type == "origin-missing"
    return await _page(agent, form, may_leave_out=may_leave_out)
