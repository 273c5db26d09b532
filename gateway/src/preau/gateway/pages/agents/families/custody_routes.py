"""A child between two families: the page of its custody, its form, and the days that follow from a draft."""

from __future__ import annotations

import asyncio
from typing import Any, NamedTuple
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from preau.gateway.api.models.identity import FamilyOut
from preau.gateway.api.problems import UpstreamProblem
from preau.gateway.pages.agents.context import AgentContext, RegistryReader, ReservationsAgent
from preau.gateway.pages.agents.families import custody, dated
from preau.gateway.pages.agents.families.custody import CustodyForm, DayCell
from preau.gateway.pages.agents.families.dated import Record, child_of, held_on
from preau.gateway.pages.agents.search.families import families_found, searched, told_apart
from preau.gateway.pages.agents.workbench.confirming import Shown
from preau.gateway.pages.agents.workbench.editing import Edit, Saving, edited
from preau.gateway.pages.agents.workbench.last_change import last_change
from preau.gateway.pages.agents.workbench.rows import rows_shown
from preau.gateway.pages.forms import Change, Form
from preau.gateway.pages.rendering import is_htmx, render_fragments

router = APIRouter(prefix="/agent/familles/{family_id}/enfants/{child_id}/garde")

PREVIEW, SEARCH = "preview", "search"
"""What the buttons of the form ask for besides saving it."""


class Choice(NamedTuple):
    """A family to choose."""

    family_id: str
    label: str
    detail: str


class Choices(NamedTuple):
    """The families to choose from; ``answered`` tells whether the search had an answer."""

    families: list[Choice]
    text: str = ""
    answered: bool = True


Weeks = list[list[DayCell]]


@router.get("")
async def read_custody(agent: RegistryReader, family_id: UUID, child_id: UUID) -> Response:
    """Who has the child, had it and will, and who pays."""
    return await _page(agent, family_id, child_id)


async def _page(
    agent: AgentContext, family_id: UUID, child_id: UUID, form: Form | None = None, weeks: Weeks | None = None
) -> Response:
    family, changed = await asyncio.gather(
        agent.identity.family(str(family_id)), last_change(agent, agent.identity.changes(str(family_id)))
    )
    child = child_of(family, child_id)
    shown = form or Form(custody.opened(child, family.version, agent.today))
    may_change = agent.session.may("reservations")
    if form is None and may_change:
        weeks = await _days_of(agent, family, child_id)
    return agent.page(
        "families/custody",
        "families",
        status=shown.status,
        household=family,
        child=child,
        changed=changed,
        lines=dated.custody_lines(child, family.label, agent.today),
        form=shown,
        choice=await _choices(agent, family, shown) if may_change else Choices([]),
        weeks=weeks,
        rows=rows_shown(shown, "dates", 1, custody.MOST_DATES),
        most=custody.MOST_DATES,
        options=custody,
    )


async def _days_of(agent: AgentContext, family: FamilyOut, child_id: UUID) -> Weeks | None:
    """The coming weeks as the custody stands, None when none does."""
    held = held_on(child_of(family, child_id).custodies, agent.today)
    if held is None or held.kind == "none":
        return None
    begins = held.effective_from
    when = {"since_always": True} if begins is None else {"effective_from": str(begins)}
    try:
        return await _days(agent, family.family_id, child_id, custody.stated_by(held) | when)
    except UpstreamProblem:  # what stands may name what cannot be entered any more
        return None


async def _days(agent: AgentContext, family_id: str, child_id: UUID, body: dict[str, Any]) -> Weeks:
    answer = await agent.identity.preview_custody(family_id, str(child_id), body)
    return custody.weeks_of(answer.days)


async def _choices(agent: AgentContext, family: FamilyOut, form: Form) -> Choices:
    """The family chosen, then those that the words typed find."""
    found = [await _chosen(agent, str(form.value("family_id")))]
    text = searched(str(form.value("family_search")))
    answer = await families_found(agent, text, status="active") if text else None
    found += answer.items if answer else []
    by_id = {
        each.family_id: Choice(each.family_id, each.label, told_apart(each))
        for each in found
        if each is not None and each.family_id != family.family_id
    }
    return Choices(list(by_id.values()), text, not text or answer is not None)


async def _chosen(agent: AgentContext, family_id: str) -> FamilyOut | None:
    try:
        return await agent.identity.family(str(UUID(family_id)))
    except (ValueError, UpstreamProblem):
        return None


@router.post("")
async def change_custody(agent: ReservationsAgent, family_id: UUID, child_id: UUID) -> Response:
    """Set who has the child from a day on; or show a draft's days, or the families found."""
    data = await agent.request.form()
    if data.get("action") == PREVIEW:
        return await _previewed(agent, family_id, child_id)
    if data.get("action") == SEARCH:
        form = Form(CustodyForm.sent(data)[0].values)
        if is_htmx(agent.request):
            family = await agent.identity.family(str(family_id))
            context = {"choice": await _choices(agent, family, form), "form": form}
            return render_fragments(agent.request, ["agents/families/_custody_families.html"], context)
        return await _page(agent, family_id, child_id, form)
    return await edited(agent, await _edit(agent, family_id, child_id))


async def _previewed(agent: AgentContext, family_id: UUID, child_id: UUID) -> Response:
    form, stated = CustodyForm.sent(await agent.request.form())
    weeks: Weeks | None = None
    if stated is not None:
        with form.refusing():
            body = stated.dated(stated.body(), agent.today)
            weeks = await _days(agent, str(family_id), child_id, body)
    if is_htmx(agent.request):
        family = await agent.identity.family(str(family_id))
        context = {"weeks": weeks, "form": form, "household": family, "options": custody}
        return render_fragments(agent.request, ["agents/families/_custody_days.html"], context)
    return await _page(agent, family_id, child_id, form, weeks)


async def _edit(agent: AgentContext, family_id: UUID, child_id: UUID) -> Edit[CustodyForm, Record]:
    """The form over what the record says of the day that the form is about."""
    family = await agent.identity.family(str(family_id))
    known = child_of(family, child_id).custodies
    labels = {each.family_id: each.family_label for each in known if each.family_id}
    chosen = await _chosen(agent, str((await agent.request.form()).get("family_id", "")))
    if chosen is not None:
        labels[chosen.family_id] = chosen.label

    async def read(stated: CustodyForm) -> Record:
        present = await agent.identity.family(str(family_id))
        day = stated.day(agent.today)
        held = held_on(child_of(present, child_id).custodies, day)
        return Record(present.version, {"custody": custody.stated_by(held)}, day)

    async def save(stated: CustodyForm, _: dict[str, Any], seen: int) -> object:
        body = stated.dated(stated.body(), agent.today)
        return await agent.identity.set_custody(str(family_id), str(child_id), body, seen=seen)

    async def told(stated: CustodyForm, present: Record, changed: dict[str, Any]) -> Saving:
        before, after = present.facts["custody"], changed["custody"]
        paid = [custody.paid_by(each, family.label, labels) for each in (before, after)]
        concerns = dated.concerns(present.day, agent.today)
        return Saving("Garde de l’enfant", concerns, [Change("Factures", *paid)])

    async def page(form: Form) -> Response:
        return await _page(agent, family_id, child_id, form)

    return Edit(
        tab="families",
        model=CustodyForm,
        shown={"custody": Shown("Garde", custody.word_of(labels))},
        read=read,
        body=lambda stated, _: {"custody": stated.custody()},
        save=save,
        page=page,
        told=told,
        journal=lambda: agent.identity.changes(str(family_id)),
        done="La garde est enregistrée.",
        to=f"/agent/familles/{family_id}/enfants/{child_id}/garde",
    )
