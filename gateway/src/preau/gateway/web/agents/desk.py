"""The day's desk: what waits for this agent."""

from __future__ import annotations

import asyncio
from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from preau.gateway.proxy.problems import UpstreamProblem
from preau.gateway.web.agents.office import AnyAgent, Office

router = APIRouter()

SHOWN = 5


async def _waiting(office: Office, roles: tuple[str, ...], service: str, path: str, **params: Any) -> Any:
    """The first entries of a queue; None when it is not the agent's or its service is away."""
    if not office.session.may(*roles):
        return None
    try:
        return await office.get(service, path, **params)
    except UpstreamProblem:
        return None


@router.get("/agent")
async def desk(office: AnyAgent) -> Response:
    """Requests, bookings and cancellations to decide, runs to look at, credits to give back."""
    requests, in_review, bookings, cancellations, runs, credits, payments = await asyncio.gather(
        _waiting(office, ("requests",), "requests", "/requests", status="submitted"),
        _waiting(office, ("requests",), "requests", "/requests", status="in_review"),
        _waiting(office, ("reservations",), "reservations", "/bookings", status="requested"),
        _waiting(office, ("reservations",), "reservations", "/bookings", status="cancel_requested"),
        _waiting(office, ("billing",), "billing", "/runs", limit=SHOWN),
        _waiting(office, ("billing",), "billing", "/credits"),
        _waiting(office, ("billing",), "payments", "/payments", status="review"),
    )
    live_runs = None
    if runs is not None:
        live_runs = [run for run in runs["items"] if run["status"] in {"computing", "computed"}]
    return office.page(
        "desk",
        "home",
        requests=requests,
        in_review=in_review,
        bookings=bookings,
        cancellations=cancellations,
        live_runs=live_runs,
        credits=credits,
        payments=payments,
        shown=SHOWN,
    )
