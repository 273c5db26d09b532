"""The links mailed to agents, by their hashes."""

from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from preau.identity.agents.tables import Agent, AgentLink
from preau.identity.credentials.one_time import hash_token


async def add(session: AsyncSession, agent: Agent, *, token: str, expires_at: datetime) -> None:
    """Remember a link; the agent's earlier ones no longer work."""
    await session.execute(
        delete(AgentLink).where(AgentLink.agent_id == agent.agent_id, AgentLink.used_at.is_(None))
    )
    session.add(
        AgentLink(
            token_hash=hash_token(token),
            commune_id=agent.commune_id,
            agent_id=agent.agent_id,
            expires_at=expires_at,
        )
    )


async def agent_of(session: AsyncSession, token: str, now: datetime) -> Agent | None:
    """The active agent of a link that still works, and stays unused; the session sees every commune."""
    return await session.scalar(
        select(Agent)
        .join(AgentLink, AgentLink.agent_id == Agent.agent_id)
        .where(
            AgentLink.token_hash == hash_token(token),
            AgentLink.used_at.is_(None),
            AgentLink.expires_at > now,
            Agent.status == "active",
        )
    )


async def use(session: AsyncSession, token: str, now: datetime) -> bool:
    """Use a link up; ``False`` when somebody else just did, or it no longer works."""
    used = await session.execute(
        update(AgentLink)
        .where(
            AgentLink.token_hash == hash_token(token),
            AgentLink.used_at.is_(None),
            AgentLink.expires_at > now,
        )
        .values(used_at=now)
        .returning(AgentLink.token_hash)
    )
    return used.first() is not None


async def delete_expired(session: AsyncSession, now: datetime) -> None:
    """Drop links that no longer work."""
    await session.execute(delete(AgentLink).where(AgentLink.expires_at < now))
