"""A run as it gets on, live."""

from __future__ import annotations

from collections.abc import AsyncIterable
from contextlib import aclosing
from uuid import UUID

from fastapi import APIRouter
from fastapi.sse import EventSourceResponse, ServerSentEvent

from preau.common.logging import logger
from preau.gateway.api.problems import UpstreamProblem
from preau.gateway.pages.agents.context import BillingAgent
from preau.gateway.pages.agents.labels import MOVING

router = APIRouter()
log = logger(__name__)


@router.get("/agent/facturation/{run_id}/progression", response_class=EventSourceResponse)
async def follow_run(agent: BillingAgent, run_id: UUID) -> AsyncIterable[ServerSentEvent]:
    """The bar each time the run has got on, and "ended" when it no longer moves; browsers ask again until
    then."""
    try:
        async with aclosing(agent.billing.follow_run(str(run_id))) as seen:
            async for run in seen:
                yield ServerSentEvent(event="progress", raw_data=agent.fragment("runs/_bar", run=run))
                if run.status not in MOVING:
                    yield ServerSentEvent(event="ended", raw_data=run.status)
    except UpstreamProblem as problem:
        log.warning("a run is no longer followed", status=problem.status)
