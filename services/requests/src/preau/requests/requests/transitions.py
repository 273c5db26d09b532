"""The moves of a request and what each brings with it: its history and its event.

Nothing else assigns a request's status.
"""

from datetime import datetime
from typing import Any, Literal

from sqlalchemy.ext.asyncio import AsyncSession

from preau.common.messaging.outbox import emit
from preau.contracts.requests import Effect, NoEffect, RequestDecidedV1, RequestSubmittedV1
from preau.requests.categories.effects import EffectMapping, build_effect
from preau.requests.messages.actors import Actor
from preau.requests.requests import repository
from preau.requests.requests.lifecycle import REQUEST, RequestAct, RequestStatus
from preau.requests.requests.tables import Request


async def move(
    session: AsyncSession, request: Request, act: RequestAct, actor: Actor, now: datetime, message: str = ""
) -> None:
    """Carry out an act of ``actor`` on a request; ``message`` is what an agent writes to explain a decision.

    Raises:
        IllegalMove: the act does not begin in the request's status.
        RequestChanged: somebody moved the request since it was read.
    """
    previous = RequestStatus(request.status)
    status = REQUEST.move(previous, act)
    values: dict[str, Any] = {"status": status}
    if status is RequestStatus.SUBMITTED:
        values["submitted_at"] = now
    if status in REQUEST.ended:
        values["decided_at"] = now
    await repository.change(session, request, values)
    repository.record_step(session, request, previous, actor, now)
    match status:
        case RequestStatus.SUBMITTED:
            await emit(session, _submitted(request, now))
        case RequestStatus.ACCEPTED:
            await emit(session, _decided(request, "accepted", message, now, effect_of(request)))
        case RequestStatus.REFUSED:
            await emit(session, _decided(request, "refused", message, now, NoEffect()))
        case _:
            pass  # the history alone says it


def effect_of(request: Request) -> Effect:
    """What accepting the request changes."""
    return build_effect(EffectMapping.model_validate(request.effect), request.answers)


def _submitted(request: Request, now: datetime) -> RequestSubmittedV1:
    return RequestSubmittedV1(
        commune_id=request.commune_id,
        aggregate_id=request.request_id,
        aggregate_version=request.version,
        family_id=request.family_id,
        account_id=request.account_id,
        category_code=request.category_code,
        category_label=request.category_label,
        submitted_at=now,
    )


def _decided(
    request: Request, decision: Literal["accepted", "refused"], message: str, now: datetime, effect: Effect
) -> RequestDecidedV1:
    return RequestDecidedV1(
        commune_id=request.commune_id,
        aggregate_id=request.request_id,
        aggregate_version=request.version,
        family_id=request.family_id,
        account_id=request.account_id,
        category_code=request.category_code,
        category_label=request.category_label,
        decision=decision,
        message=message,
        decided_at=now,
        effect=effect,
    )
