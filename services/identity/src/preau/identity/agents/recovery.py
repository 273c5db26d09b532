"""An agent's lost password: a link by mail for each commune of theirs, single use, in its audit log."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from preau.common.audit import record_change
from preau.common.db.clock import database_now
from preau.common.db.database import Database
from preau.identity.agents import link_repository as links
from preau.identity.agents import repository
from preau.identity.agents.tables import Agent
from preau.identity.communes.repository import commune_by_id
from preau.identity.credentials import bulkheads
from preau.identity.credentials.errors import LinkNotValid
from preau.identity.credentials.one_time import random_token
from preau.identity.credentials.passwords import check_new_password, hash_password
from preau.identity.credentials.schemas import NewPasswordIn
from preau.identity.mail_requests import repository as mail_requests
from preau.identity.mail_requests.answering import Answer
from preau.identity.mail_requests.tables import MailRequest
from preau.identity.notifications import domain, outgoing
from preau.identity.sessions.repository import revoke_all
from preau.identity.throttles import known_network_repository as known_networks
from preau.identity.throttles import network_limits
from preau.identity.throttles.guards import PASSWORD_RESET, begin_try
from preau.identity.throttles.keys import account_key
from preau.identity.throttles.turns import turn_of

AGENT_RESET = "agent_reset"
_LIFETIME = timedelta(hours=1)


async def ask_for_reset(database: Database, email: str, commune_slug: str | None, *, address: str) -> None:
    """Ask for a link to choose a new password; nothing shows whether there is such an agent.

    Raises ``TooManyRequests``.
    """
    async with turn_of(address), database.system_transaction() as session:
        await begin_try(session, PASSWORD_RESET, account_key("agent", email), address)
        await mail_requests.add(session, AGENT_RESET, email, commune_slug=commune_slug)


def mail_reset_links(public_url: str) -> Answer:
    """Mails a link for each commune, or for the one that was named, where the e-mail is an active agent's."""

    async def answer(session: AsyncSession, request: MailRequest) -> None:
        for agent in await repository.agents_by_email(session, request.email_key, request.commune_slug):
            await _mail_link(session, agent, public_url)

    return answer


async def _mail_link(session: AsyncSession, agent: Agent, public_url: str) -> None:
    token, now = random_token(), await database_now(session)
    await links.add(session, agent, token=token, expires_at=now + _LIFETIME)
    await outgoing.queue(
        session,
        domain.AGENT_PASSWORD_RESET,
        [domain.Recipient(agent.email, agent.name)],
        {"link": f"{public_url}/agent/mot-de-passe/{token}"},
        commune=await commune_by_id(session, agent.commune_id),
        now=now,
    )
    await _record(session, agent.commune_id, agent.agent_id, "agent.password_link_mailed")


async def check_link(database: Database, token: str, *, address: str) -> None:
    """Whether a mailed link to choose a new password still works, as it does afterwards.

    Raises ``LinkNotValid`` when it does not, ``TooManyRequests``.
    """
    await network_limits.consume(database, network_limits.LINK, address)
    await _agent_of(database, token)
    await network_limits.give_back(database, network_limits.LINK, address)


async def _agent_of(database: Database, token: str) -> Agent:
    async with database.system_transaction() as session:
        agent = await links.agent_of(session, token, await database_now(session))
    if agent is None:
        raise LinkNotValid
    return agent


async def reset_password(
    database: Database, token: str, form: NewPasswordIn, *, address: str, sign_in_link: str
) -> None:
    """Set a new password with a mailed link; every session of the agent ends.

    Raises ``TooManyRequests``, ``LinkNotValid``, ``BulkheadFull``, ``FieldErrors`` (the link then works on).
    """
    await network_limits.consume(database, network_limits.LINK, address)
    agent = await _agent_of(database, token)
    check_new_password(form.password, form.password_confirmation, agent.email)
    password_hash = await hash_password(form.password, bulkheads.NEW_PASSWORD)
    async with database.system_transaction() as session:  # sign-in's work: no agent is signed in
        now = await database_now(session)
        if not await links.use(session, token, now):
            raise LinkNotValid
        await repository.change_agent(session, agent.agent_id, {"password_hash": password_hash})
        await revoke_all(session, agent.agent_id, because="password changed", now=now)
        await _record(session, agent.commune_id, agent.agent_id, "agent.password_reset")
        await outgoing.queue(
            session,
            domain.PASSWORD_CHANGED,
            [domain.Recipient(agent.email, agent.name)],
            {"sign_in_link": sign_in_link},
            commune=await commune_by_id(session, agent.commune_id),
            now=now,
        )
        login = account_key("agent", agent.email)
        await known_networks.forget_all(session, login)
        await known_networks.remember(session, login, address)
    await network_limits.give_back(database, network_limits.LINK, address)


async def _record(session: AsyncSession, commune_id: UUID, agent_id: UUID, action: str) -> None:
    """In the audit log nothing is before or after: a password and a link are nobody's to read."""
    await record_change(session, commune_id=commune_id, agent_id=agent_id, action=action, entity_id=agent_id)
