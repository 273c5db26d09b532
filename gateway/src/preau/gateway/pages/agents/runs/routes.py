"""Billing of the month: begin a run, watch it, look at the preview, issue or discard it."""

from __future__ import annotations

import asyncio
from datetime import date
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from preau.gateway.api.problems import UpstreamProblem
from preau.gateway.pages import flash
from preau.gateway.pages.agents.context import AgentContext, BillingAgent
from preau.gateway.pages.agents.runs.listing import RUNS
from preau.gateway.pages.agents.workbench.pages import table_or_first
from preau.gateway.pages.agents.workbench.sheets import SheetKind, sheet_response
from preau.gateway.pages.forms import REFUSED, Form
from preau.gateway.pages.rendering import is_htmx, render_fragments, see_other

router = APIRouter()

MOVING = {"computing", "issuing"}


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
    return agent.page(
        "runs/list",
        "runs",
        status=422 if form or regie_form else 200,
        wrong=form or regie_form or Form(),
        regie_form=regie_form or Form({"due_days": 30}),
        regies=regies,
        table=table,
        form=form or Form({"period": last_month(today), "kind": "month_end"}),
        existing=existing,
    )


@router.post("/agent/facturation")
async def begin_run(agent: BillingAgent) -> Response:
    """Begin a run; where one stands already, say which."""
    form = Form.sent(await agent.request.form())
    form.require({"regie_id": "Choisissez une régie.", "period": "Choisissez un mois."})
    if form.is_valid:
        body = {name: form.value(name) for name in ("regie_id", "period", "kind") if form.value(name)}
        try:
            run = await agent.billing.begin_run(body)
        except UpstreamProblem as problem:
            if problem.status not in REFUSED:
                raise
            form.refuse(problem)
            return await _list(agent, form, existing=problem.extension("run_id"))
        return see_other(f"/agent/facturation/{run.run_id}")
    return await _list(agent, form)


@router.post("/agent/regies")
async def open_regie(agent: BillingAgent) -> Response:
    """Open a régie: its own series of numbers, its own due date."""
    form = Form.sent(await agent.request.form())
    names = ("code", "label", "series_prefix", "due_days")
    if not form.is_valid:
        return await _list(agent, regie_form=form)
    try:
        await agent.billing.open_regie({name: form.value(name) for name in names if form.value(name)})
    except UpstreamProblem as problem:
        if problem.status not in REFUSED:
            raise
        form.refuse(problem)
        return await _list(agent, regie_form=form)
    flash.add(agent.request, "success", f"La régie « {form.value('label')} » est ouverte.")
    return see_other("/agent/facturation")


@router.get("/agent/facturation/{run_id}")
async def read_run(agent: BillingAgent, run_id: UUID, cursor: str = "") -> Response:
    """The run: progress while it moves, the preview when it is computed."""
    run = await agent.billing.run(str(run_id))
    if is_htmx(agent.request) and run.status in MOVING:
        return render_fragments(agent.request, ["agents/runs/_progress.html"], {"run": run})
    if is_htmx(agent.request):
        return Response(status_code=204, headers={"HX-Refresh": "true"})
    invoices, regies = await asyncio.gather(
        agent.billing.run_invoices(str(run_id), cursor=cursor), agent.billing.regies()
    )
    return agent.page(
        "runs/record",
        "runs",
        run=run,
        moving=run.status in MOVING,
        regie=next((each for each in regies.items if each.regie_id == run.regie_id), None),
        invoices=invoices.items,
        next_url=agent.next_url(invoices),
    )


@router.post("/agent/facturation/{run_id}/emission")
async def issue_run(agent: BillingAgent, run_id: UUID) -> Response:
    """Issue the invoices, once the agent has ticked that there is no way back."""
    form = Form.sent(await agent.request.form())
    if not form.value("confirmed"):
        flash.add(agent.request, "warning", "Cochez la case pour confirmer l’émission des factures.")
        return see_other(f"/agent/facturation/{run_id}#emettre")
    try:
        # One key a run: pressed twice, or again after a cut, the run is issued once.
        await agent.billing.issue_run(str(run_id), key=f"issue-{run_id}")
        flash.add(agent.request, "success", "Les factures sont émises. Les familles sont prévenues.")
    except UpstreamProblem as problem:
        _tell(agent, problem)
    return see_other(f"/agent/facturation/{run_id}")


@router.post("/agent/facturation/{run_id}/abandon")
async def discard_run(agent: BillingAgent, run_id: UUID) -> Response:
    """Throw the preview away."""
    try:
        await agent.billing.discard_run(str(run_id))
        flash.add(agent.request, "success", "L’aperçu est abandonné. Rien n’a été facturé.")
    except UpstreamProblem as problem:
        _tell(agent, problem)
        return see_other(f"/agent/facturation/{run_id}")
    return see_other("/agent/facturation")


def _tell(agent: AgentContext, problem: UpstreamProblem) -> None:
    if problem.status not in REFUSED:
        raise problem
    flash.add(agent.request, "error", problem.detail or "Ce n’est pas possible.")
