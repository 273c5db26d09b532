"""One box that finds families, children, invoices and requests: each service is asked at the same time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import urlencode

from fastapi import APIRouter
from starlette.responses import Response

from preau.gateway.api.models.billing import AgentInvoiceOut
from preau.gateway.api.models.identity import ChildOut, FamilyOut
from preau.gateway.api.problems import UpstreamProblem
from preau.gateway.pages.agents.context import REGISTRY_READERS, AgentContext, AnyAgent
from preau.gateway.pages.agents.labels import INVOICE, REQUEST
from preau.gateway.pages.agents.search.families import LONGEST, SHORTEST, SHOWN, families_found, told_apart
from preau.gateway.pages.agents.workbench.columns import spelled
from preau.gateway.pages.formats import document_status, money
from preau.gateway.pages.input_values import writable

router = APIRouter()


@dataclass(frozen=True, slots=True)
class Found:
    """One record: its name, where it is, what tells it from others."""

    text: str
    href: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """What was found of one kind, and where the list of all is; ``answered`` says whether its service did."""

    title: str
    found: tuple[Found, ...] = ()
    more: str = ""
    answered: bool = True


@router.get("/agent/recherche")
async def search(agent: AnyAgent, q: str = "") -> Response:
    """What holds the words typed, as far as the agent's roles read it."""
    text = writable(q).strip()[:LONGEST]
    groups: list[Group] = []
    if len(text) >= SHORTEST:
        asked = [ask(agent, text) for roles, ask in KINDS if agent.session.may(*roles)]
        groups = [group for some in await asyncio.gather(*asked) for group in some]
    return agent.page(
        "search/results",
        "search",
        search_text=text,
        groups=groups,
        is_too_short=len(text) < SHORTEST,
        nothing=all(group.answered and not group.found for group in groups),
    )


Answer = TypeVar("Answer")


async def _answer(call: Awaitable[Answer]) -> Answer | None:
    """What a service gave; None when it does not answer or does not take the text."""
    try:
        return await call
    except UpstreamProblem:
        return None


async def _families(agent: AgentContext, text: str) -> list[Group]:
    answer = await families_found(agent, text)
    if answer is None:
        return [Group("Familles et enfants", answered=False)]
    found = tuple(Found(family.label, _record(family), told_apart(family)) for family in answer.items)
    children = tuple(
        Found(_name(child), _record(family), f"{family.label}, {child.class_name or child.school}")
        for family in answer.items
        for child in family.children
        if _holds(_name(child), text)
    )
    more = f"/agent/familles?{urlencode({'q': text})}" if answer.next_cursor else ""
    return [Group("Familles", found, more), Group("Enfants", children[:SHOWN], more)]


async def _invoices(agent: AgentContext, text: str) -> list[Group]:
    answer = await _answer(agent.billing.invoices(q=text, limit=SHOWN))
    if answer is None:
        return [Group("Factures", answered=False)]
    found = tuple(
        Found(
            invoice.number or "",
            f"/agent/factures/{invoice.invoice_id}",
            f"{invoice.family_label}, {money(invoice.total_cents)}, {_status(invoice)}",
        )
        for invoice in answer.items
    )
    more = f"/agent/factures?{urlencode({'q': text})}" if answer.next_cursor else ""
    return [Group("Factures", found, more)]


async def _requests(agent: AgentContext, text: str) -> list[Group]:
    answer = await _answer(agent.requests.requests(q=text, limit=SHOWN))
    if answer is None:
        return [Group("Demandes", answered=False)]
    found = tuple(
        Found(
            request.reference,
            f"/agent/demandes/{request.request_id}",
            f"{request.category_label}, {request.family_label}, {REQUEST[request.status][0].lower()}",
        )
        for request in answer.items
    )
    more = f"/agent/demandes?{urlencode({'q': text})}" if answer.next_cursor else ""
    return [Group("Demandes", found, more)]


KINDS = ((REGISTRY_READERS, _families), (("billing",), _invoices), (("requests",), _requests))
"""Who may read what, and how it is asked for."""


def _record(family: FamilyOut) -> str:
    return f"/agent/familles/{family.family_id}"


def _name(person: ChildOut) -> str:
    return f"{person.first_name} {person.last_name}"


def _status(invoice: AgentInvoiceOut) -> str:
    return INVOICE[document_status(invoice)][0].lower() if invoice.status in INVOICE else invoice.status


def _holds(name: str, text: str) -> bool:
    """Whether a name holds every word typed; case and accents do not count."""
    return all(word in spelled(name) for word in spelled(text).split())
