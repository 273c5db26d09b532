"""The home of a parent: what to do next, and the days to come. And the pages that the law asks for."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from datetime import date
from itertools import groupby
from typing import NamedTuple, TypeVar

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from preau.common.logging import logger
from preau.gateway.api.models.billing import InvoiceOut, PageInvoiceOut
from preau.gateway.api.models.requests import PageRequestSummary
from preau.gateway.api.models.reservations import AheadOut
from preau.gateway.api.problems import UpstreamProblem
from preau.gateway.pages.parents.context import Arriving, FamilyParent, FamilyServices
from preau.gateway.pages.parents.labels import BOOKING
from preau.gateway.pages.rendering import render, see_other

router = APIRouter()
log = logger(__name__)

COMING = frozenset({"confirmed", "requested", "awaiting_payment", "cancel_requested", "attended"})


Part = TypeVar("Part")


async def _or_none(part: Awaitable[Part]) -> Part | None:
    """What a service says; the home stands without it, and says so."""
    try:
        return await part
    except UpstreamProblem as problem:
        if problem.status < 500:
            raise
        log.warning("the home lacks a part", status=problem.status, type=problem.type)
        return None


class Asked(NamedTuple):
    """What the services say of a family; None of those that do not answer."""

    invoices: PageInvoiceOut | None
    requests: PageRequestSummary | None
    ahead: AheadOut | None


class ComingBooking(NamedTuple):
    """A booking of the coming days as the home tells it."""

    date: date
    child_name: str
    activity_label: str
    status_words: str
    tone: str
    symbol: str


async def _ask(family: FamilyServices) -> Asked:
    answers = await asyncio.gather(
        _or_none(family.billing.invoices("open")),
        _or_none(family.requests.requests()),
        _or_none(family.reservations.ahead()),
    )
    return Asked(*answers)


def _due_on(invoice: InvoiceOut) -> date:
    """When it is to be paid: its next part, where it is paid in parts."""
    return invoice.instalment.due_on if invoice.instalment else invoice.due_date


@router.get("/")
async def home_page(arriving: Arriving) -> Response:
    """What waits for the parent: to pay, to validate, to complete; and the coming days."""
    parent, asked = await arriving.meanwhile(_ask)
    due = [each for each in asked.invoices.items if each.due_cents > 0] if asked.invoices else []
    filed = asked.requests.items if asked.requests else []
    ahead = asked.ahead
    bookings = [each for each in ahead.bookings if each.status in COMING] if ahead else []
    coming = [
        ComingBooking(each.date, each.child_name, each.activity_label, *BOOKING[each.status])
        for each in bookings
    ]
    context: dict[str, object] = {
        "due_cents": sum(each.due_cents for each in due),
        "due_count": len(due),
        "next_due": min((_due_on(each) for each in due), default=None),
        "debt_cents": ahead.debt_cents if ahead else 0,
        "basket_count": ahead.basket_lines if ahead else 0,
        "deadline": next(iter(ahead.deadlines), None) if ahead else None,
        "orders_to_pay": sorted(
            {each.order_id for each in bookings if each.order_id and each.status == "awaiting_payment"}
        ),
        "to_complete": [each for each in filed if each.status == "info_needed"],
        "in_review": [each for each in filed if each.status in {"submitted", "in_review"}],
        "days": {day: list(rows) for day, rows in groupby(coming, lambda each: each.date)},
        "today": parent.today,
        "missing": None in asked,
        "ahead_known": ahead is not None,
        "first_name": parent.account.first_name,
    }
    return parent.page("parents/home/home.html", context)


@router.get("/accessibilite")
async def accessibility_page(request: Request) -> Response:
    """The accessibility statement (article 47 of the law of 11 February 2005, RGAA 4.1)."""
    return render(request, "parents/home/accessibility.html")


@router.get("/donnees-personnelles")
async def privacy_page(request: Request) -> Response:
    """What is kept, why, how long, and the rights of people (GDPR, articles 13 and 15 to 21)."""
    return render(request, "parents/home/privacy.html")


@router.get("/actualites")
async def news_page(parent: FamilyParent) -> Response:
    """The news stand on the home page."""
    return see_other("/")
