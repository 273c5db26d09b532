"""The periodic clean-up of what is of no more use."""

from datetime import timedelta

from preau.common.db.clock import database_now
from preau.common.db.database import Database
from preau.identity.accounts import link_repository as account_links
from preau.identity.agents import link_repository as agent_links
from preau.identity.human_check import repository as challenges
from preau.identity.sessions.repository import delete_ended
from preau.identity.throttles import backoff_repository, budget_repository, known_network_repository

_ENDED_SESSIONS_KEPT = timedelta(days=30)


async def forget_traces(database: Database) -> None:
    """Drop challenges, links, tries, networks and sessions that ended."""
    async with database.system_transaction() as session:
        now = await database_now(session)
        await challenges.delete_expired(session, now)
        await account_links.delete_expired(session, now)
        await agent_links.delete_expired(session, now)
        await backoff_repository.delete_idle(session, now)
        await budget_repository.delete_whole(session, now)
        await known_network_repository.delete_old(session, now)
        await delete_ended(session, before=now - _ENDED_SESSIONS_KEPT)
