"""Billing of the month: begin a run, watch it, look at the preview, issue or discard it."""

from __future__ import annotations

import asyncio
from collections.abc import Generator
from contextlib import contextmanager
from datetime import date
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from preau.gateway.api.problems import UpstreamProblem
from preau.gateway.pages import flash
from preau.gateway.pages.agents.context import AgentContext, BillingAgent
from preau.gateway.pages.agents.labels import MOVING
from preau.gateway.pages.agents.runs.forms import CONCERNS, SHOWN, BeginForm, RegieForm
from preau.gateway.pages.agents.runs.listing import RUNS
from preau.gateway.pages.agents.runs.review import MOST, by_kind
from preau.gateway.pages.agents.workbench.confirming import (
    NOTHING,
    confirmation,
    goes_back,
    is_confirmed,
)
from preau.gateway.pages.agents.workbench.last_change import last_change
from preau.gateway.pages.agents.workbench.pages import table_or_first
from preau.gateway.pages.agents.workbench.sheets import SheetKind, sheet_response
from preau.gateway.pages.forms import REFUSED, Change, Form
from preau.gateway.pages.rendering import is_htmx, render_fragments, see_other

router = APIRouter()

NOTHING_BILLED = "L’aperçu est abandonné. Rien n’a été facturé."
PAUSED = ("compute_paused", "issue_paused")


def last_month(today: date) -> str:
    """The month that an agent most likely bills: the one before, "2026-02"."""
    return f"{today.year - (today.month == 1):04d}-{(today.month - 2) % 12 + 1:02d}"


@router.get("/agent/facturation")
async def list_runs(agent: BillingAgent) -> Response:
    """The régies and the runs, newest first."""
    return await _list(agent)


@router.get("/agent/facturation.{kind}")
async def runs_sheet(agent: BillingAgent, kind: SheetKind) -> Response:
    """The same runs, all of them, for a spreadsheet."""
    return await sheet_response(agent, RUNS, kind)


async def _list(
    agent: AgentContext,
    form: Form | None = None,
    existing: str = "",
    regie_form: Form | None = None,
) -> Response:
    regies = (await agent.billing.regies()).items
    options = {"regie_id": [(regie.regie_id, regie.label) for regie in regies]}
    table = await table_or_first(agent, RUNS, options)
    if isinstance(table, Response):
        return table
    today = agent.today
    wrong = next((each for each in (form, regie_form) if each is not None and not each.is_valid), None)
    return agent.page(
        "runs/list",
        "runs",
        status=422 if wrong else 200,
        wrong=wrong or Form(),
        opening=regie_form is not None,
        regie_form=regie_form or Form({"due_days": 30}),
        regies=regies,
        table=table,
        form=form or Form({"period": last_month(today), "kind": "month_end", "carries": "yes"}),
        existing=existing,
    )


@router.post("/agent/facturation")
async def begin_run(agent: BillingAgent) -> Response:
    """Begin a run; where one stands already, say which."""
    form, stated = BeginForm.sent(await agent.request.form())
    if stated is None:
        return await _list(agent, form)
    try:
        run = await agent.billing.begin_run(stated.model_dump())
    except UpstreamProblem as problem:
        form.refuse(problem)
        return await _list(agent, form, existing=problem.extension("run_id"))
    return see_other(f"/agent/facturation/{run.run_id}")


@router.post("/agent/regies")
async def open_regie(agent: BillingAgent) -> Response:
    """Open a régie: its own series of numbers, its own due date."""
    data = await agent.request.form()
    form, stated = RegieForm.sent(data)
    if goes_back(data):
        return await _list(agent, regie_form=Form(form.values))
    if stated is not None:
        if not is_confirmed(data):
            lines = [Change(SHOWN[name], NOTHING, str(value)) for name, value in stated.model_dump().items()]
            title = f"Ouvrir la régie « {stated.label} »"
            return confirmation(agent, "runs", data, lines, title=title, concerns=CONCERNS)
        with form.refusing():
            await agent.billing.open_regie(stated.model_dump())
            flash.add(agent.request, "success", f"La régie « {stated.label} » est ouverte.")
            return see_other("/agent/facturation")
    return await _list(agent, regie_form=form)


@router.get("/agent/facturation/en-cours")
async def running(agent: BillingAgent) -> Response:
    """The runs under way, for the header of every page: one can leave them and find them again."""
    if not is_htmx(agent.request):
        return see_other("/agent/facturation")
    found = await agent.billing.runs(status=MOVING, limit=3)
    return render_fragments(agent.request, ["agents/runs/_running.html"], {"running": found.items})


@router.get("/agent/facturation/{run_id}")
async def read_run(agent: BillingAgent, run_id: UUID, cursor: str = "") -> Response:
    """The run: progress while it moves, the preview when it is computed."""
    run = await agent.billing.run(str(run_id))
    if is_htmx(agent.request):
        return Response(status_code=204, headers={"HX-Refresh": "true"})
    invoices, regie, changed = await asyncio.gather(
        agent.billing.run_invoices(str(run_id), cursor=cursor),
        agent.billing.regie(run.regie_id),
        last_change(agent, agent.billing.changes(str(run_id))),
    )
    return agent.page(
        "runs/record",
        "runs",
        run=run,
        moving=run.status in MOVING,
        is_paused=run.status in PAUSED,
        oddities=by_kind(run.anomalies),
        is_cut=len(run.anomalies) == MOST,
        is_early=run.status == "computed" and run.period >= f"{agent.today:%Y-%m}",
        regie=regie,
        changed=changed,
        invoices=invoices.items,
        next_url=agent.next_url(invoices),
    )


@router.post("/agent/facturation/{run_id}/emission")
async def issue_run(agent: BillingAgent, run_id: UUID) -> Response:
    """Issue the invoices, once the agent has ticked that there is no way back."""
    if not (await agent.request.form()).get("confirmed"):
        flash.add(agent.request, "warning", "Cochez la case pour confirmer l’émission des factures.")
        return see_other(f"/agent/facturation/{run_id}#emettre")
    with refusals_told(agent):
        # One key a preview: pressed twice, or again after a cut, it is issued once.
        run = await agent.billing.run(str(run_id))
        await agent.billing.issue_run(str(run_id), key=f"issue-{run_id}-{run.computed_at}")
        flash.add(agent.request, "success", "L’émission commence. Les familles sont prévenues.")
    return see_other(f"/agent/facturation/{run_id}")


@router.post("/agent/facturation/{run_id}/recalcul")
async def recompute_run(agent: BillingAgent, run_id: UUID) -> Response:
    """Make the drafts again whose bookings changed since the computing."""
    with refusals_told(agent):
        run = await agent.billing.recompute_run(str(run_id))
        moves = run.status in MOVING
        flash.add(
            agent.request,
            "success",
            "Le calcul reprend." if moves else "Aucune facture préparée n’a changé depuis le calcul.",
        )
    return see_other(f"/agent/facturation/{run_id}")


@router.post("/agent/facturation/{run_id}/abandon")
async def discard_run(agent: BillingAgent, run_id: UUID) -> Response:
    """Throw the preview away."""
    with refusals_told(agent):
        run = await agent.billing.discard_run(str(run_id))
        left = run.status == "issued"
        told = "Le reste est abandonné : il se facture par un complément." if left else NOTHING_BILLED
        flash.add(agent.request, "success", told)
        return see_other("/agent/facturation")
    return see_other(f"/agent/facturation/{run_id}")


@router.post("/agent/facturation/{run_id}/pause")
async def pause_run(agent: BillingAgent, run_id: UUID) -> Response:
    """Have workers stop."""
    with refusals_told(agent):
        await agent.billing.pause_run(str(run_id))
        flash.add(agent.request, "success", "La facturation est en pause.")
    return see_other(f"/agent/facturation/{run_id}")


@router.post("/agent/facturation/{run_id}/reprise")
async def resume_run(agent: BillingAgent, run_id: UUID) -> Response:
    """Have workers go on."""
    with refusals_told(agent):
        await agent.billing.resume_run(str(run_id))
        flash.add(agent.request, "success", "La facturation reprend.")
    return see_other(f"/agent/facturation/{run_id}")


@contextmanager
def refusals_told(agent: AgentContext) -> Generator[None]:
    """What is refused inside is said on the next page; what is no refusal is raised."""
    try:
        yield
    except UpstreamProblem as problem:
        if problem.status not in REFUSED:
            raise
        flash.add(agent.request, "error", problem.detail or "Ce n’est pas possible.")
