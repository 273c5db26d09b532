"""The day's desk: what waits for this agent."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from fastapi import APIRouter
from starlette.responses import Response

from preau.common.logging import logger
from preau.gateway.api.problems import UpstreamProblem
from preau.gateway.pages.agents.context import AnyAgent
from preau.gateway.pages.agents.labels import MOVING

router = APIRouter()
log = logger(__name__)

Queue = TypeVar("Queue")


@router.get("/agent")
async def desk(agent: AnyAgent) -> Response:
    """Requests, bookings and cancellations to decide, runs to look at, credits to give back."""
    is_complete = True

    async def waiting(role: str, queue: Callable[[], Awaitable[Queue]]) -> Queue | None:
        """The first entries of a queue; None when it is not the agent's or its service is away."""
        nonlocal is_complete
        if not agent.session.may(role):
            return None
        try:
            return await queue()
        except UpstreamProblem as problem:
            if problem.status < 500:
                raise
            log.warning("the desk lacks a queue", status=problem.status, type=problem.type)
            is_complete = False
            return None

    (
        requests,
        in_review,
        bookings,
        cancellations,
        computing,
        computed,
        credits,
        payments,
    ) = await asyncio.gather(
        waiting("requests", lambda: agent.requests.requests(status="submitted")),
        waiting("requests", lambda: agent.requests.requests(status="in_review")),
        waiting("reservations", lambda: agent.reservations.bookings(status="requested")),
        waiting("reservations", lambda: agent.reservations.bookings(status="cancel_requested")),
        waiting("billing", lambda: agent.billing.runs(status=MOVING)),
        waiting("billing", lambda: agent.billing.runs(status="computed")),
        waiting("billing", agent.billing.credits),
        waiting("billing", lambda: agent.payments.payments(status="review")),
    )
    return agent.page(
        "home/home",
        "home",
        requests=requests,
        in_review=in_review,
        bookings=bookings,
        cancellations=cancellations,
        computing=computing,
        computed=computed,
        credits=credits,
        payments=payments,
        is_complete=is_complete,
    )
