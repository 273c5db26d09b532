"""Billing of the month: begin a run, watch it, look at the preview, issue or discard it."""

from __future__ import annotations

import asyncio
from datetime import date
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from preau.gateway.proxy.problems import UpstreamProblem
from preau.gateway.web import flash
from preau.gateway.web.agents.office import Billing, Office
from preau.gateway.web.forms import REFUSED, Form
from preau.gateway.web.rendering import is_htmx, render_fragments, see_other, surroundings

router = APIRouter()

MOVING = {"computing", "issuing"}


def last_month(today: date) -> str:
    """The month that an agent most likely bills: the one before, "2026-02"."""
    return f"{today.year - (today.month == 1):04d}-{(today.month - 2) % 12 + 1:02d}"


async def _regies(office: Office) -> list[dict[str, Any]]:
    return (await office.get("billing", "/regies"))["items"]


@router.get("/agent/facturation")
async def list_runs(office: Billing, cursor: str = "") -> Response:
    """The régies and the runs, newest first."""
    return await _list(office, cursor=cursor)


async def _list(
    office: Office,
    form: Form | None = None,
    cursor: str = "",
    existing: str = "",
    regie_form: Form | None = None,
) -> Response:
    regies, runs = await asyncio.gather(_regies(office), office.get("billing", "/runs", cursor=cursor))
    today: date = surroundings(office.request)["today"]
    return office.page(
        "runs/list",
        "runs",
        status=422 if form or regie_form else 200,
        wrong=form or regie_form or Form(),
        regie_form=regie_form or Form({"due_days": 30}),
        regies=regies,
        regie_labels={regie["regie_id"]: regie["label"] for regie in regies},
        runs=runs["items"],
        next_url=office.next_url(runs),
        form=form or Form({"period": last_month(today), "kind": "month_end"}),
        existing=existing,
    )


@router.post("/agent/facturation")
async def begin_run(office: Billing) -> Response:
    """Begin a run; where one stands already, say which."""
    form = Form.sent(await office.request.form())
    form.require({"regie_id": "Choisissez une régie.", "period": "Choisissez un mois."})
    if form.is_valid:
        body = {name: form.value(name) for name in ("regie_id", "period", "kind") if form.value(name)}
        try:
            run = await office.post("billing", "/runs", body)
        except UpstreamProblem as problem:
            if problem.status not in REFUSED:
                raise
            form.refuse(problem)
            return await _list(office, form, existing=str(problem.content.get("run_id") or ""))
        return see_other(f"/agent/facturation/{run['run_id']}")
    return await _list(office, form)


@router.post("/agent/regies")
async def open_regie(office: Billing) -> Response:
    """Open a régie: its own series of numbers, its own due date."""
    form = Form.sent(await office.request.form())
    names = ("code", "label", "series_prefix", "due_days")
    if not form.is_valid:
        return await _list(office, regie_form=form)
    try:
        await office.post(
            "billing", "/regies", {name: form.value(name) for name in names if form.value(name)}
        )
    except UpstreamProblem as problem:
        if problem.status not in REFUSED:
            raise
        form.refuse(problem)
        return await _list(office, regie_form=form)
    flash.tell(office.request, "success", f"La régie « {form.value('label')} » est ouverte.")
    return see_other("/agent/facturation")


@router.get("/agent/facturation/{run_id}")
async def read_run(office: Billing, run_id: UUID, cursor: str = "") -> Response:
    """The run: progress while it moves, the preview when it is computed."""
    run = await office.get("billing", f"/runs/{run_id}")
    if is_htmx(office.request) and run["status"] in MOVING:
        return render_fragments(office.request, ["agents/runs/_progress.html"], {"run": run})
    if is_htmx(office.request):
        return Response(status_code=204, headers={"HX-Refresh": "true"})
    invoices, regies = await asyncio.gather(
        office.get("billing", f"/runs/{run_id}/invoices", cursor=cursor), _regies(office)
    )
    return office.page(
        "runs/record",
        "runs",
        run=run,
        moving=run["status"] in MOVING,
        regie=next((each for each in regies if each["regie_id"] == run["regie_id"]), None),
        invoices=invoices["items"],
        next_url=office.next_url(invoices),
    )


@router.post("/agent/facturation/{run_id}/emission")
async def issue_run(office: Billing, run_id: UUID) -> Response:
    """Issue the invoices, once the agent has ticked that there is no way back."""
    form = Form.sent(await office.request.form())
    if not form.value("confirmed"):
        flash.tell(office.request, "warning", "Cochez la case pour confirmer l’émission des factures.")
        return see_other(f"/agent/facturation/{run_id}#emettre")
    try:
        # One key a run: pressed twice, or again after a cut, the run is issued once.
        await office.post("billing", f"/runs/{run_id}/issue", key=f"issue-{run_id}")
        flash.tell(office.request, "success", "Les factures sont émises. Les familles sont prévenues.")
    except UpstreamProblem as problem:
        _tell(office, problem)
    return see_other(f"/agent/facturation/{run_id}")


@router.post("/agent/facturation/{run_id}/abandon")
async def discard_run(office: Billing, run_id: UUID) -> Response:
    """Throw the preview away."""
    try:
        await office.post("billing", f"/runs/{run_id}/discard")
        flash.tell(office.request, "success", "L’aperçu est abandonné. Rien n’a été facturé.")
    except UpstreamProblem as problem:
        _tell(office, problem)
        return see_other(f"/agent/facturation/{run_id}")
    return see_other("/agent/facturation")


def _tell(office: Office, problem: UpstreamProblem) -> None:
    if problem.status not in REFUSED:
        raise problem
    flash.tell(office.request, "error", problem.detail or "Ce n’est pas possible.")
