"""The home of a parent: what to do next, and the days to come. And the pages that the law asks for."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from datetime import timedelta
from itertools import groupby
from typing import TypeVar

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from preau.common.logging import logger
from preau.gateway.api.problems import UpstreamProblem
from preau.gateway.pages.parents.context import AnyParent, FamilyParent
from preau.gateway.pages.parents.reservations.names import named_bookings
from preau.gateway.pages.rendering import render, see_other

router = APIRouter()
log = logger(__name__)

AHEAD = timedelta(days=9)
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


@router.get("/")
async def home_page(parent: AnyParent) -> Response:
    """What waits for the parent: to pay, to validate, to complete; and the coming days."""
    if parent.family is None:
        return see_other("/adhesion")
    today = parent.today
    invoices, basket, requests, coming = await asyncio.gather(
        _or_none(parent.billing.invoices("open")),
        _or_none(parent.reservations.basket()),
        _or_none(parent.requests.requests()),
        _or_none(parent.reservations.bookings(today, today + AHEAD)),
    )
    due = invoices.items if invoices else []
    filed = requests.items if requests else []
    bookings = await named_bookings(
        parent, [each for each in coming.items if each.status in COMING] if coming else []
    )
    context: dict[str, object] = {
        "due_cents": sum(each.due_cents for each in due),
        "due_count": len(due),
        "next_due": min((each.due_date for each in due), default=None),
        "basket_count": len(basket.lines) if basket else 0,
        "orders_to_pay": sorted(
            {each.order_id for each in bookings if each.order_id and each.status == "awaiting_payment"}
        ),
        "to_complete": [each for each in filed if each.status == "info_needed"],
        "in_review": [each for each in filed if each.status in {"submitted", "in_review"}],
        "days": {day: list(rows) for day, rows in groupby(bookings, lambda each: each.date)},
        "today": today,
        "missing": None in (invoices, basket, requests, coming),
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
