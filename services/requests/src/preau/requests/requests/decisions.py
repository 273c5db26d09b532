"""Use cases of agents: take up a request, ask the family, decide."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from preau.common.audit import record_change
from preau.common.db.clock import database_now
from preau.common.errors import NotFound
from preau.common.http.permissions import AgentCaller
from preau.requests.messages.actors import agent_actor
from preau.requests.messages.repository import add_message
from preau.requests.messages.tables import Message
from preau.requests.requests import repository, transitions
from preau.requests.requests.errors import RequestChanged, WrongStatus
from preau.requests.requests.lifecycle import AgentAct, RequestStatus, acts_of_agent
from preau.requests.requests.schemas import Decision
from preau.requests.requests.tables import Request


async def sent_request(session: AsyncSession, request_id: UUID) -> Request:
    """A request sent to the commune. Raises ``NotFound``."""
    request = await repository.find_sent(session, request_id)
    if request is None:
        raise NotFound("Cette demande n’existe pas.")
    return request


async def take_up(session: AsyncSession, agent: AgentCaller, request_id: UUID) -> Request:
    """Let the family know that somebody is on it."""
    request = await sent_request(session, request_id)
    await _bring(session, agent, request, "take_up", "request.taken_up")
    return request


async def ask(session: AsyncSession, agent: AgentCaller, request_id: UUID, text: str) -> Request:
    """Ask the family for what is missing; it may then change its answers and documents."""
    request = await sent_request(session, request_id)
    await _bring(session, agent, request, "ask", "request.info_asked")
    now = await database_now(session)
    await add_message(session, request.commune_id, request_id, agent_actor(agent), text, now)
    return request


async def decide(session: AsyncSession, agent: AgentCaller, request_id: UUID, decision: Decision) -> Request:
    """Accept or refuse a request, once; the event of an acceptance holds its effect.

    Raises:
        WrongStatus: it was decided or withdrawn already.
        RequestChanged: another agent or the family moved it meanwhile, or after ``seen_version``.
    """
    request = await sent_request(session, request_id)
    if decision.seen_version not in (None, request.version):
        raise RequestChanged
    act: AgentAct = "accept" if decision.decision == "accepted" else "refuse"
    await _bring(session, agent, request, act, f"request.{decision.decision}", decision.message)
    if decision.message:
        now = await database_now(session)
        await add_message(session, request.commune_id, request_id, agent_actor(agent), decision.message, now)
    return request


async def write(session: AsyncSession, agent: AgentCaller, request_id: UUID, text: str) -> Message:
    """Write to the family; after the decision too."""
    request = await sent_request(session, request_id)
    if request.status == RequestStatus.WITHDRAWN:
        raise WrongStatus(RequestStatus.WITHDRAWN)
    now = await database_now(session)
    message = await add_message(session, request.commune_id, request_id, agent_actor(agent), text, now)
    after = {"message_id": message.message_id}
    await _record(session, agent, "request.message_written", request, None, after)
    return message


async def _bring(
    session: AsyncSession, agent: AgentCaller, request: Request, act: AgentAct, action: str, message: str = ""
) -> None:
    """Carry out an agent's act, step by step, each step conditional on that nobody moved it since."""
    previous = RequestStatus(request.status)
    acts = acts_of_agent(previous, act)
    if acts is None:
        raise WrongStatus(previous)
    now = await database_now(session)
    for each in acts:
        await transitions.move(session, request, each, agent_actor(agent), now, message)
    after = {"status": request.status, **({"message": message} if message else {})}
    await _record(session, agent, action, request, {"status": previous}, after)


async def _record(
    session: AsyncSession, agent: AgentCaller, action: str, request: Request, before: object, after: object
) -> None:
    await record_change(
        session,
        commune_id=agent.commune_id,
        agent_id=agent.agent_id,
        action=action,
        entity_id=request.request_id,
        before=before,
        after=after,
    )
