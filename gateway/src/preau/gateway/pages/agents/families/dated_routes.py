"""Residency, payer, schooling and siblings by day: the page of each, its form, and taking an entry away."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from preau.gateway.api.models.identity import AgentCommuneOut, ChildOut, FamilyOut
from preau.gateway.pages import flash
from preau.gateway.pages.agents.context import AgentContext, RegistryReader, ReservationsAgent
from preau.gateway.pages.agents.families import dated
from preau.gateway.pages.agents.families.dated import (
    DatedForm,
    History,
    Line,
    PayerForm,
    Record,
    RemovalForm,
    ResidencyForm,
    SchoolingForm,
    SiblingsForm,
    child_of,
    held_on,
)
from preau.gateway.pages.agents.workbench.confirming import confirmation, goes_back, is_confirmed
from preau.gateway.pages.agents.workbench.editing import Edit, EditForm, Saving, edited
from preau.gateway.pages.agents.workbench.last_change import last_change
from preau.gateway.pages.forms import Change, Form
from preau.gateway.pages.rendering import see_other
from preau.wording.dates import full_date
from preau.wording.typography import sentence

router = APIRouter(prefix="/agent/familles/{family_id}")

SCHOOLING = ("school", "class_name", "level", "category")
SIBLINGS = ("counts_from", "counts_to")

Stated = TypeVar("Stated", bound=EditForm)
ByDay = TypeVar("ByDay", bound=DatedForm)
Facts = dict[str, Any]


@dataclass(frozen=True)
class Fact:
    """A fact of the family with a page of its own."""

    history: History
    title: str
    path: str
    lines: Callable[[FamilyOut, AgentCommuneOut, date], list[Line]]
    held: Callable[[FamilyOut, date | None], Facts]


def _facts(held: object, *names: str) -> Facts:
    return {name: getattr(held, name, "") for name in names}


RESIDENCY = Fact(
    "residencies",
    "Résidence",
    "/residence",
    dated.residency_lines,
    lambda family, day: _facts(held_on(family.residencies, day), "residency"),
)
PAYER = Fact(
    "payers",
    "Qui reçoit les factures",
    "/payeur",
    lambda family, _, today: dated.payer_lines(family, today),
    lambda family, day: _facts(held_on(family.payers, day), "guardian_id"),
)


@router.get("/residence")
async def read_residency(agent: RegistryReader, family_id: UUID) -> Response:
    """Where the family lives, lived and will live."""
    return await _fact_page(agent, family_id, RESIDENCY)


@router.get("/payeur")
async def read_payer(agent: RegistryReader, family_id: UUID) -> Response:
    """Who receives the invoices, received them and will."""
    return await _fact_page(agent, family_id, PAYER)


async def _fact_page(agent: AgentContext, family_id: UUID, fact: Fact, form: Form | None = None) -> Response:
    family, commune, changed = await asyncio.gather(
        agent.identity.family(str(family_id)),
        agent.identity.commune(),
        last_change(agent, agent.identity.changes(str(family_id))),
    )
    return agent.page(
        "families/fact",
        "families",
        status=form.status if form else 200,
        household=family,
        changed=changed,
        fact=fact,
        lines=fact.lines(family, commune, agent.today),
        payers=dated.payers_of(family),
        classes=dated.residencies_of(commune),
        form=form or _opened(agent, family, fact.held(family, agent.today)),
    )


def _opened(agent: AgentContext, family: FamilyOut, facts: Facts) -> Form:
    """A form over what holds today, which changes it from today on unless it is told otherwise."""
    return Form({"version": family.version, "effective_from": agent.today.isoformat(), **facts})


@router.post("/residence")
async def change_residency(agent: ReservationsAgent, family_id: UUID) -> Response:
    """Change where the family lives, from a day on."""

    async def save(body: Facts, seen: int) -> object:
        return await agent.identity.change_family(str(family_id), body, seen=seen)

    return await _fact_changed(agent, family_id, RESIDENCY, ResidencyForm, save)


@router.post("/payeur")
async def change_payer(agent: ReservationsAgent, family_id: UUID) -> Response:
    """Change who receives the invoices, from a day on."""

    async def save(body: Facts, seen: int) -> object:
        guardian_id = str(body.pop("guardian_id"))
        return await agent.identity.change_guardian(
            str(family_id), guardian_id, {"is_payer": True, **body}, seen=seen
        )

    return await _fact_changed(agent, family_id, PAYER, PayerForm, save)


async def _fact_changed(
    agent: AgentContext,
    family_id: UUID,
    fact: Fact,
    model: type[ByDay],
    save: Callable[[Facts, int], Awaitable[object]],
) -> Response:
    async def page(form: Form) -> Response:
        return await _fact_page(agent, family_id, fact, form)

    async def saved(stated: ByDay, changed: Facts, seen: int) -> object:
        return await save(stated.dated(changed, agent.today), seen)

    return await _edited(
        agent,
        family_id,
        model,
        held=lambda family, stated: Record(
            family.version, fact.held(family, stated.day(agent.today)), stated.day(agent.today)
        ),
        save=saved,
        page=page,
        title=fact.title,
        to=f"/agent/familles/{family_id}{fact.path}",
    )


async def _edited(
    agent: AgentContext,
    family_id: UUID,
    model: type[Stated],
    *,
    held: Callable[[FamilyOut, Stated], Record],
    save: Callable[[Stated, Facts, int], Awaitable[object]],
    page: Callable[[Form], Awaitable[Response]],
    title: str,
    to: str,
) -> Response:
    """What follows on a form over what the record says of the day that the form is about."""
    family, commune = await asyncio.gather(agent.identity.family(str(family_id)), agent.identity.commune())

    async def read(stated: Stated) -> Record:
        return held(await agent.identity.family(str(family_id)), stated)

    async def told(_: Stated, present: Record, __: Facts) -> Saving:
        return Saving(title, dated.concerns(present.day, agent.today))

    edit = Edit(
        tab="families",
        model=model,
        shown=dated.shown_of(family, commune),
        read=read,
        save=save,
        page=page,
        told=told,
        journal=lambda: agent.identity.changes(str(family_id)),
        done="Le changement est enregistré.",
        to=to,
    )
    return await edited(agent, edit)


@router.get("/enfants/{child_id}")
async def read_child(agent: RegistryReader, family_id: UUID, child_id: UUID) -> Response:
    """A child's schooling by day, and when the child counts among the siblings."""
    return await _child_page(agent, family_id, child_id)


async def _child_page(
    agent: AgentContext,
    family_id: UUID,
    child_id: UUID,
    *,
    schooling: Form | None = None,
    siblings: Form | None = None,
) -> Response:
    family, commune, changed = await asyncio.gather(
        agent.identity.family(str(family_id)),
        agent.identity.commune(),
        last_change(agent, agent.identity.changes(str(family_id))),
    )
    child = child_of(family, child_id)
    wrong = schooling or siblings or Form()
    return agent.page(
        "families/child",
        "families",
        status=wrong.status,
        household=family,
        child=child,
        changed=changed,
        lines=dated.schooling_lines(child, commune, agent.today),
        custodies=dated.custody_lines(child, family.label, agent.today),
        categories=dated.categories_of(commune),
        wrong=wrong,
        form=schooling or _opened(agent, family, _held_schooling(child, agent.today)),
        siblings=siblings or Form({"version": family.version, **_siblings(child)}),
    )


def _held_schooling(child: ChildOut, day: date | None) -> Facts:
    return _facts(held_on(child.schoolings, day), *SCHOOLING)


def _siblings(child: ChildOut) -> Facts:
    return {name: None if day is None else str(day) for name, day in _facts(child, *SIBLINGS).items()}


@router.post("/enfants/{child_id}/scolarite")
async def change_schooling(agent: ReservationsAgent, family_id: UUID, child_id: UUID) -> Response:
    """Change a child's school, class, level or category, from a day on."""

    async def page(form: Form) -> Response:
        return await _child_page(agent, family_id, child_id, schooling=form)

    def held(family: FamilyOut, stated: SchoolingForm) -> Record:
        day = stated.day(agent.today)
        return Record(family.version, _held_schooling(child_of(family, child_id), day), day)

    async def save(stated: SchoolingForm, changed: Facts, seen: int) -> object:
        body = stated.dated(changed, agent.today)
        return await agent.identity.change_child(str(family_id), str(child_id), body, seen=seen)

    return await _edited(
        agent,
        family_id,
        SchoolingForm,
        held=held,
        save=save,
        page=page,
        title="Scolarité",
        to=f"/agent/familles/{family_id}/enfants/{child_id}",
    )


@router.post("/enfants/{child_id}/fratrie")
async def change_siblings(agent: ReservationsAgent, family_id: UUID, child_id: UUID) -> Response:
    """Change between which days a child counts among the siblings."""

    async def page(form: Form) -> Response:
        return await _child_page(agent, family_id, child_id, siblings=form)

    def held(family: FamilyOut, stated: SiblingsForm) -> Record:
        bounds = [day for day in (stated.counts_from, stated.counts_to) if day is not None]
        return Record(family.version, _siblings(child_of(family, child_id)), min(bounds, default=None))

    async def save(_: SiblingsForm, changed: Facts, seen: int) -> object:
        return await agent.identity.change_child(str(family_id), str(child_id), changed, seen=seen)

    return await _edited(
        agent,
        family_id,
        SiblingsForm,
        held=held,
        save=save,
        page=page,
        title="Fratrie",
        to=f"/agent/familles/{family_id}/enfants/{child_id}",
    )


@router.post("/retrait")
async def remove_entry(agent: ReservationsAgent, family_id: UUID) -> Response:
    """Take away an entry of a history, once what that changes has been told: what was before goes on."""
    data = await agent.request.form()
    form, stated = RemovalForm.sent(data)
    if stated is None or stated.version is None or not stated.names_an_entry:
        flash.add(agent.request, "error", "Choisissez l’entrée à retirer dans l’historique.")
        return see_other(f"/agent/familles/{family_id}")
    family, commune = await asyncio.gather(agent.identity.family(str(family_id)), agent.identity.commune())
    lines, page = _history(family, commune, stated, agent.today)
    day = stated.effective_from
    line = next((each for each in lines if each.effective_from == day), None)
    if goes_back(data) or line is None:
        if line is None:
            flash.add(agent.request, "error", "Rien ne commence à cette date : l’historique a changé.")
        return see_other(page)
    begins = "vaut depuis toujours" if day is None else f"commence le {full_date(day)}"
    if not is_confirmed(data):
        before = next((each for each in lines if day and each.effective_to == day), None)
        change = Change(sentence(dated.begins(day)), line.text, before.text if before else "–")
        told = dated.concerns(day, agent.today)
        title = f"Retirer ce qui {begins}"
        return confirmation(agent, "families", data, [change], title=title, concerns=told)
    with form.refusing():
        await _removed(agent, str(family_id), stated, stated.version)
        was = "valait depuis toujours" if day is None else f"commençait le {full_date(day)}"
        flash.add(agent.request, "success", f"Ce qui {was} est retiré de l’historique.")
        return see_other(page)
    flash.add(agent.request, "error", form.failure or next(iter(form.errors.values())))
    return see_other(page)


def _history(
    family: FamilyOut, commune: AgentCommuneOut, stated: RemovalForm, today: date
) -> tuple[list[Line], str]:
    """The lines of the history that an entry is taken from, and its page."""
    record = f"/agent/familles/{family.family_id}"
    match stated.history:
        case "residencies":
            return dated.residency_lines(family, commune, today), record + RESIDENCY.path
        case "payers":
            return dated.payer_lines(family, today), record + PAYER.path
        case "quotients":
            return dated.quotient_lines(family, today), f"{record}/quotients"
        case "schoolings":
            child = child_of(family, stated.child_id or UUID(int=0))
            return dated.schooling_lines(child, commune, today), f"{record}/enfants/{child.child_id}"
        case "custodies":
            child = child_of(family, stated.child_id or UUID(int=0))
            page = f"{record}/enfants/{child.child_id}/garde"
            return dated.custody_lines(child, family.label, today), page


async def _removed(agent: AgentContext, family_id: str, stated: RemovalForm, seen: int) -> None:
    first_day = stated.effective_from or date.min
    match stated.history:
        case "residencies":
            await agent.identity.remove_residency(family_id, first_day, seen=seen)
        case "payers":
            await agent.identity.remove_payer(family_id, first_day, seen=seen)
        case "quotients":
            await agent.identity.remove_quotient(family_id, first_day, seen=seen)
        case "schoolings":
            await agent.identity.remove_schooling(family_id, str(stated.child_id), first_day, seen=seen)
        case "custodies":
            await agent.identity.remove_custody(family_id, str(stated.child_id), first_day, seen=seen)
