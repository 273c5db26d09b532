"""Agents in the database."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from preau.common.errors import NotFound
from preau.identity.agents.tables import Agent
from preau.identity.communes.tables import Commune
from preau.identity.credentials.domain import email_key


async def agents_by_email(session: AsyncSession, email: str, commune_slug: str | None) -> Sequence[Agent]:
    """The active agents with that login, one a commune; of ``commune_slug`` alone when it is given.

    The session must see every commune.
    """
    query = select(Agent).where(Agent.email_key == email_key(email), Agent.status == "active")
    if commune_slug:
        query = query.join(Commune, Commune.commune_id == Agent.commune_id).where(
            Commune.slug == commune_slug
        )
    return (await session.scalars(query.order_by(Agent.agent_id))).all()


async def agent_by_email(session: AsyncSession, email: str, commune_slug: str | None) -> Agent | None:
    """The active agent with that login. Without ``commune_slug`` only if one commune alone has them.

    The session must see every commune.
    """
    found = await agents_by_email(session, email, commune_slug)
    return found[0] if len(found) == 1 else None


async def agent_by_id(session: AsyncSession, agent_id: UUID) -> Agent:
    """The agent. Raises ``NotFound``."""
    agent = await session.get(Agent, agent_id)
    if agent is None:
        raise NotFound("Cet agent est inconnu.")
    return agent


async def active_agent(session: AsyncSession, agent_id: UUID) -> Agent | None:
    """The agent, unless their access is closed."""
    return await session.scalar(select(Agent).where(Agent.agent_id == agent_id, Agent.status == "active"))


async def all_agents(session: AsyncSession) -> Sequence[Agent]:
    """The commune's agents, by name."""
    return (await session.scalars(select(Agent).order_by(Agent.name, Agent.agent_id))).all()


async def add_agent(session: AsyncSession, values: dict[str, Any]) -> Agent | None:
    """Insert an agent; ``None`` when the commune has one with that e-mail already."""
    return await session.scalar(
        insert(Agent)
        .values(**values, email_key=email_key(values["email"]))
        .on_conflict_do_nothing(index_elements=[Agent.commune_id, Agent.email_key])
        .returning(Agent)
    )


async def change_agent(session: AsyncSession, agent_id: UUID, changes: dict[str, Any]) -> None:
    """Write changes to an agent's columns."""
    await session.execute(update(Agent).where(Agent.agent_id == agent_id).values(**changes))
