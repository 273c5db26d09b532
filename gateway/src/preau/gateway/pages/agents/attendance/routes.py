"""Attendance: the children of a day, with big targets for a tablet."""

from __future__ import annotations

import asyncio
from urllib.parse import urlencode

from fastapi import APIRouter
from starlette.datastructures import FormData
from starlette.responses import Response

from preau.gateway.api.models.reservations import ListedChildOut
from preau.gateway.api.problems import UpstreamProblem
from preau.gateway.pages import flash
from preau.gateway.pages.agents.context import AgentContext, AttendanceAgent
from preau.gateway.pages.forms import REFUSED, Form
from preau.gateway.pages.input_values import day_of
from preau.gateway.pages.rendering import see_other

router = APIRouter()

MARK, WAS = "mark.", "was."
MARKS = {
    "present": {"present": True},
    "absent": {"present": False},
    "justified": {"present": False, "justified": True},
}
AS_MARK = {"attended": "present", "absent_unjustified": "absent", "absent_justified": "justified"}


@router.get("/agent/pointage")
async def attendance_list(agent: AttendanceAgent, activity_id: str = "", jour: str = "") -> Response:
    """Who is expected for an activity on a day, and how they are marked."""
    return await _list(agent, activity_id, jour)


async def _list(agent: AgentContext, activity_id: str, jour: str, sent: Form | None = None) -> Response:
    """The list; ``sent`` are marks that were refused, shown as they were chosen."""
    today = agent.today
    day = day_of(jour) or today
    sites, activities = await asyncio.gather(agent.reservations.sites(), agent.reservations.activities())
    labels = {site.site_id: site.label for site in sites.items}
    offered = [each for each in activities.items if each.status == "active"]
    chosen = next((each for each in offered if each.activity_id == activity_id), None)
    items: list[ListedChildOut] = []
    if chosen is not None:
        found = await agent.reservations.attendance(activity_id, day)
        items = sorted(found.items, key=lambda each: (each.class_name, each.child))
    marks = {item.booking_id: AS_MARK.get(item.status, "") for item in items}
    wrong = sent or Form()
    chosen_marks = {
        booking_id: str(wrong.values.get(f"{MARK}{booking_id}", mark)) for booking_id, mark in marks.items()
    }
    return agent.page(
        "attendance/list",
        "attendance",
        status=422 if sent else 200,
        wrong=wrong,
        chosen_marks=chosen_marks,
        to_mark=set(AS_MARK) | {"confirmed"},
        form=Form({"activity_id": activity_id, "jour": day.isoformat()}),
        offered=[(each.activity_id, f"{labels.get(each.site_id, '')} · {each.label}") for each in offered],
        chosen=chosen,
        items=items,
        marks=marks,
        on=day,
        is_future=day > today,
    )


@router.post("/agent/pointage")
async def mark(agent: AttendanceAgent) -> Response:
    """Mark the list; what was left open stays open."""
    sent = await agent.request.form()
    form = Form.sent(sent)
    if not form.is_valid:
        return await _list(agent, form.value("activity_id"), form.value("jour"), form)
    marks = marks_of(sent)
    if not marks:
        flash.add(agent.request, "info", "Rien n’a été pointé : choisissez « présent » ou « absent ».")
    else:
        try:
            await agent.reservations.mark({"marks": await _with_units(agent, form, marks)})
            flash.add(agent.request, "success", f"{len(marks)} enfant(s) pointé(s).")
        except UpstreamProblem as problem:
            if problem.status not in REFUSED:
                raise
            form.failure = problem.detail
            return await _list(agent, form.value("activity_id"), form.value("jour"), form)
    where = urlencode({name: form.value(name) for name in ("activity_id", "jour")})
    return see_other(f"/agent/pointage?{where}")


async def _with_units(
    agent: AgentContext, form: Form, marks: list[dict[str, object]]
) -> list[dict[str, object]]:
    """The marks with the units that were noted before: the page does not show them and keeps them."""
    day = day_of(form.value("jour"))
    if day is None:
        return marks
    found = await agent.reservations.attendance(form.value("activity_id"), day)
    units = {item.booking_id: {"units": item.units} for item in found.items if item.units is not None}
    return [{**mark, **units.get(str(mark["booking_id"]), {})} for mark in marks]


def marks_of(sent: FormData) -> list[dict[str, object]]:
    """The marks of the form's fields `mark.<booking_id>`, without those that the page showed already.

    `was.<booking_id>` is what it showed; `all` marks those left open as present.
    """
    marks: list[dict[str, object]] = []
    for name, value in sent.multi_items():
        if not name.startswith(MARK) or not isinstance(value, str):
            continue
        wanted = value or ("present" if sent.get("all") else "")
        if wanted in MARKS and wanted != sent.get(f"{WAS}{name.removeprefix(MARK)}"):
            marks.append({"booking_id": name.removeprefix(MARK), **MARKS[wanted]})
    return marks
