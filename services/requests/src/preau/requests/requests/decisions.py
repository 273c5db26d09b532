"""Use cases of agents: take up a request, ask the family, decide."""

from uuid import UUID

from preau.common.audit import record_change
from preau.common.db.clock import database_now
from preau.common.errors import NotFound
from preau.common.http.access import AgentAccess
from preau.common.messaging.outbox import emit
from preau.contracts.requests import Effect, NoEffect, RequestDecidedV1
from preau.requests.categories.effects import EffectMapping, build_effect
from preau.requests.messages import service as messages
from preau.requests.messages.tables import Message
from preau.requests.requests import repository
from preau.requests.requests.actors import agent_actor
from preau.requests.requests.errors import IllegalStep, RequestChanged
from preau.requests.requests.lifecycle import RequestStatus, path_of_agent
from preau.requests.requests.schemas import Decision
from preau.requests.requests.tables import Request


async def sent_request(agent: AgentAccess, request_id: UUID) -> Request:
    """A request sent to the agent's commune."""
    request = await repository.find_sent(agent.session, request_id)
    if request is None:
        raise NotFound("Cette demande n'existe pas.")
    return request


async def take_up(agent: AgentAccess, request_id: UUID) -> Request:
    """Tell the family that somebody is on it."""
    request = await sent_request(agent, request_id)
    await _bring(agent, request, RequestStatus.IN_REVIEW, "request.taken_up")
    return request


async def ask(agent: AgentAccess, request_id: UUID, text: str) -> Request:
    """Ask the family for what is missing; it may then change its answers and documents."""
    request = await sent_request(agent, request_id)
    await _bring(agent, request, RequestStatus.INFO_NEEDED, "request.info_asked")
    await messages.write(agent.session, request, agent_actor(agent), text, await database_now(agent.session))
    return request


async def decide(agent: AgentAccess, request_id: UUID, decision: Decision) -> Request:
    """Accept or refuse a request, once; accepting tells its effect to whom it concerns.

    Raises:
        IllegalStep: it was decided or withdrawn already.
        RequestChanged: another agent or the family moved it meanwhile, or after ``seen_version``.
    """
    session = agent.session
    request = await sent_request(agent, request_id)
    if decision.seen_version not in (None, request.version):
        raise RequestChanged
    outcome = RequestStatus(decision.decision)
    await _bring(agent, request, outcome, f"request.{outcome}", decision.message)
    now = await database_now(session)
    if decision.message:
        await messages.write(session, request, agent_actor(agent), decision.message, now)
    accepted = outcome is RequestStatus.ACCEPTED
    await emit(
        session,
        RequestDecidedV1(
            commune_id=request.commune_id,
            aggregate_id=request.request_id,
            aggregate_version=request.version,
            family_id=request.family_id,
            account_id=request.account_id,
            category_code=request.category_code,
            category_label=request.category_label,
            decision=decision.decision,
            message=decision.message,
            decided_at=request.decided_at or now,
            effect=effect_of(request) if accepted else NoEffect(),
        ),
    )
    return request


async def write(agent: AgentAccess, request_id: UUID, text: str) -> Message:
    """Write to the family; after the decision too."""
    request = await sent_request(agent, request_id)
    if request.status == RequestStatus.WITHDRAWN:
        raise IllegalStep(RequestStatus.WITHDRAWN)
    now = await database_now(agent.session)
    message = await messages.write(agent.session, request, agent_actor(agent), text, now)
    await _record(agent, "request.message_written", request, None, {"message_id": message.message_id})
    return message


def effect_of(request: Request) -> Effect:
    """What accepting the request changes."""
    return build_effect(EffectMapping.model_validate(request.effect), request.answers)


async def _bring(
    agent: AgentAccess, request: Request, to: RequestStatus, action: str, message: str = ""
) -> None:
    """Move the request step by step to ``to``, each step conditional on that nobody moved it since."""
    departure = RequestStatus(request.status)
    path = path_of_agent(departure, to)
    if path is None:
        raise IllegalStep(departure)
    now = await database_now(agent.session)
    for step in path:
        await repository.move(agent.session, request, step, agent_actor(agent), now)
    after = {"status": to, **({"message": message} if message else {})}
    await _record(agent, action, request, {"status": departure}, after)


async def _record(agent: AgentAccess, action: str, request: Request, before: object, after: object) -> None:
    await record_change(
        agent.session,
        commune_id=agent.commune_id,
        agent_id=agent.agent_id,
        action=action,
        entity_id=request.request_id,
        before=before,
        after=after,
    )
