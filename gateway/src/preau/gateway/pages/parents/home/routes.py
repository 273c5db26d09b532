"""The home of a parent: what to do next, and the days to come. And the pages that the law asks for."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from preau.common.logging import logger
from preau.gateway.api.problems import UpstreamProblem
from preau.gateway.pages.formats import PARIS
from preau.gateway.pages.parents.context import AnyParent, FamilyParent, ParentContext
from preau.gateway.pages.parents.reservations.names import named_bookings
from preau.gateway.pages.rendering import render, see_other

router = APIRouter()
log = logger(__name__)

AHEAD = timedelta(days=9)
COMING = frozenset({"confirmed", "requested", "awaiting_payment", "cancel_requested", "attended"})


async def _or_nothing(parent: ParentContext, service: str, rest: str, **params: Any) -> dict[str, Any]:
    """What a service says; the home stands without it, the part it fills says so."""
    try:
        return await parent.get(service, rest, **params)
    except UpstreamProblem as problem:
        if problem.status < 500:
            raise
        log.warning("the home lacks a part", service=service, status=problem.status)
        return {"items": [], "lines": [], "missing": True}


@router.get("/")
async def home_page(parent: AnyParent) -> Response:
    """What waits for the parent: to pay, to validate, to complete; and the coming days."""
    if parent.family is None:
        return see_other("/adhesion")
    today = datetime.now(ZoneInfo(PARIS)).date()
    invoices, basket, requests, coming = await asyncio.gather(
        _or_nothing(parent, "billing", "invoices", status="open"),
        _or_nothing(parent, "reservations", "basket"),
        _or_nothing(parent, "requests", "requests"),
        _or_nothing(
            parent, "reservations", "bookings", from_=today.isoformat(), to=(today + AHEAD).isoformat()
        ),
    )
    bookings = await named_bookings(parent, [each for each in coming["items"] if each["status"] in COMING])
    days: dict[str, list[dict[str, Any]]] = {}
    for booking in bookings:
        days.setdefault(booking["date"], []).append(booking)
    due = invoices["items"]
    context = {
        "due_cents": sum(each["due_cents"] for each in due),
        "due_count": len(due),
        "next_due": min((each["due_date"] for each in due), default=None),
        "basket_count": len(basket["lines"]),
        "orders_to_pay": sorted({b["order_id"] for b in bookings if b["status"] == "awaiting_payment"}),
        "to_complete": [each for each in requests["items"] if each["status"] == "info_needed"],
        "in_review": [each for each in requests["items"] if each["status"] in {"submitted", "in_review"}],
        "days": days,
        "today": today,
        "missing": any(part.get("missing") for part in (invoices, basket, requests, coming)),
        "first_name": parent.account.get("first_name") or "",
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
