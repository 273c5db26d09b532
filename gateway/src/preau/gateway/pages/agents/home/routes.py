"""The day's desk: what waits for this agent."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from fastapi import APIRouter
from starlette.responses import Response

from preau.gateway.api.problems import UpstreamProblem
from preau.gateway.pages.agents.context import AgentContext, AnyAgent

router = APIRouter()

SHOWN = 5


Queue = TypeVar("Queue")


async def _waiting(agent: AgentContext, role: str, queue: Callable[[], Awaitable[Queue]]) -> Queue | None:
    """The first entries of a queue; None when it is not the agent's or its service is away."""
    if not agent.session.may(role):
        return None
    try:
        return await queue()
    except UpstreamProblem:
        return None


@router.get("/agent")
async def desk(agent: AnyAgent) -> Response:
    """Requests, bookings and cancellations to decide, runs to look at, credits to give back."""
    requests, in_review, bookings, cancellations, runs, credits, payments = await asyncio.gather(
        _waiting(agent, "requests", lambda: agent.requests.requests(status="submitted")),
        _waiting(agent, "requests", lambda: agent.requests.requests(status="in_review")),
        _waiting(agent, "reservations", lambda: agent.reservations.bookings(status="requested")),
        _waiting(agent, "reservations", lambda: agent.reservations.bookings(status="cancel_requested")),
        _waiting(agent, "billing", lambda: agent.billing.runs(limit=SHOWN)),
        _waiting(agent, "billing", agent.billing.credits),
        _waiting(agent, "billing", lambda: agent.payments.payments(status="review")),
    )
    live_runs = None
    if runs is not None:
        live_runs = [run for run in runs.items if run.status in {"computing", "computed"}]
    return agent.page(
        "home/home",
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
