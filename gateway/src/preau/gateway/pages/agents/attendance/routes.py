"""Attendance: the children of a day, with big targets for a tablet."""

from __future__ import annotations

import asyncio
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter
from pydantic import Field
from starlette.datastructures import FormData
from starlette.responses import Response

from preau.gateway.api.models.reservations import ListedChildOut, MarkedOut
from preau.gateway.api.problems import UpstreamProblem
from preau.gateway.pages import flash
from preau.gateway.pages.agents.context import AgentContext, AttendanceAgent
from preau.gateway.pages.agents.workbench.editing import CHANGED_MEANWHILE, over_another
from preau.gateway.pages.form_fields import Day, Needed
from preau.gateway.pages.form_models import FormModel
from preau.gateway.pages.forms import REFUSED, Change, Form
from preau.gateway.pages.input_values import day_of, whole_number
from preau.gateway.pages.rendering import see_other
from preau.wording import statuses
from preau.wording.typography import counted

router = APIRouter()

MARK, WAS, SEEN = "mark.", "was.", "version."
"""The fields of a booking: how it is marked, how it was, and of which version it was."""
MARKS = {
    "present": {"present": True},
    "absent": {"present": False},
    "justified": {"present": False, "justified": True},
}
WORDS = {"present": "Présent", "absent": "Absent", "justified": "Absent, justifié", "": "Pas encore pointé"}
AS_MARK = {"attended": "present", "absent_unjustified": "absent", "absent_justified": "justified"}


class ListForm(FormModel):
    """Of which activity and day the list is; its marks are read by ``marks_of``."""

    activity_id: Annotated[str, Field(title="Activité"), Needed("Choisissez une activité.")]
    jour: Annotated[Day, Field(title="Jour"), Needed("Choisissez un jour.")]


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
        status=sent.status if sent else 200,
        wrong=wrong,
        chosen_marks=chosen_marks,
        mark_words=WORDS,
        form=Form({"activity_id": activity_id, "jour": day.isoformat()}, wrong.errors),
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
    form, stated = ListForm.sent(sent)
    if stated is None:
        return await _list(agent, form.value("activity_id"), form.value("jour"), form)
    marks = marks_of(sent)
    if not marks:
        flash.add(agent.request, "info", "Rien n’a été pointé : choisissez « présent » ou « absent ».")
    else:
        try:
            saved = await agent.reservations.mark({"marks": await _with_units(agent, stated, marks)})
            flash.add(agent.request, *marked_message(saved))
        except UpstreamProblem as problem:
            if problem.type in CHANGED_MEANWHILE:
                form = await _over(agent, stated, sent)
            elif problem.status in REFUSED:
                form.failure = problem.detail
            else:
                raise
            return await _list(agent, stated.activity_id, stated.jour.isoformat(), form)
    return see_other(f"/agent/pointage?{urlencode(stated.model_dump())}")


async def _over(agent: AgentContext, listed: ListForm, sent: FormData) -> Form:
    """The marks that the agent chose, over those that stand now: who was marked otherwise meanwhile."""
    found = await agent.reservations.attendance(listed.activity_id, listed.jour)
    chosen = chosen_of(sent)
    lines = [
        Change(item.child, WORDS[now], WORDS[chosen[item.booking_id]])
        for item in found.items
        if item.booking_id in chosen
        and (now := AS_MARK.get(item.status, "")) != sent.get(f"{WAS}{item.booking_id}")
        and now != chosen[item.booking_id]
    ]
    form = Form({f"{MARK}{booking_id}": mark for booking_id, mark in chosen.items()})
    return over_another(form, None, lines, f"/agent/pointage?{urlencode(listed.model_dump())}")


def marked_message(marked: MarkedOut) -> tuple[flash.Kind, str]:
    """What was marked, and why a child was not."""
    left = {each.booking_id for each in marked.not_marked}
    count = sum(item.booking_id not in left for item in marked.items)
    done = f"{counted(count, 'enfant pointé', 'enfants pointés')}."
    if not marked.not_marked:
        return "success", done
    names = ", ".join(f"{each.child} ({statuses.BOOKING[each.status]})" for each in marked.not_marked)
    return "warning", f"{done} Sans pointage : {names}."


async def _with_units(
    agent: AgentContext, listed: ListForm, marks: list[dict[str, object]]
) -> list[dict[str, object]]:
    """The marks with the units that were noted before: the page does not show them and keeps them."""
    found = await agent.reservations.attendance(listed.activity_id, listed.jour)
    units = {item.booking_id: {"units": item.units} for item in found.items if item.units is not None}
    return [{**mark, **units.get(str(mark["booking_id"]), {})} for mark in marks]


def marks_of(sent: FormData) -> list[dict[str, object]]:
    """The marks of the form, each on the version of its booking that the page showed."""
    return [
        {
            "booking_id": booking_id,
            "seen_version": whole_number(sent.get(f"{SEEN}{booking_id}")),
            **MARKS[mark],
        }
        for booking_id, mark in chosen_of(sent).items()
    ]


def chosen_of(sent: FormData) -> dict[str, str]:
    """The mark of each booking by its fields `mark.<booking_id>`, without those that the page showed already.

    `was.<booking_id>` is what it showed; `all` marks those left open as present.
    """
    chosen: dict[str, str] = {}
    for name, value in sent.multi_items():
        if not name.startswith(MARK) or not isinstance(value, str):
            continue
        wanted = value or ("present" if sent.get("all") else "")
        if wanted in MARKS and wanted != sent.get(f"{WAS}{name.removeprefix(MARK)}"):
            chosen[name.removeprefix(MARK)] = wanted
    return chosen
