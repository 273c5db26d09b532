"""Whom a session is for, and the tokens that it answers with."""

from sqlalchemy.ext.asyncio import AsyncSession

from preau.common.auth.tokens import LIFETIME_SECONDS
from preau.common.db.clock import database_now
from preau.common.ids import new_id
from preau.identity.accounts.repository import account_by_email, find_account
from preau.identity.accounts.tables import Account
from preau.identity.agents.repository import active_agent, agent_by_email
from preau.identity.agents.tables import Agent
from preau.identity.authentication.schemas import SessionOut, SignInIn, Subject
from preau.identity.memberships.repository import memberships_of
from preau.identity.sessions import repository, tokens
from preau.identity.sessions.domain import AGENT_LIFETIME, PARENT_LIFETIME
from preau.identity.sessions.keys import active_key
from preau.identity.sessions.tables import Session


async def subject_by_login(session: AsyncSession, form: SignInIn) -> Account | Agent | None:
    """Who has that login, if anyone; the session sees every commune."""
    if form.subject == "agent":
        return await agent_by_email(session, form.email, form.commune_slug)
    return await account_by_email(session, form.email)


async def subject_of(session: AsyncSession, row: Session) -> Account | Agent | None:
    """Whose session it is; ``None`` once the agent's access is closed or the account erased."""
    if row.subject == "agent":
        return await active_agent(session, row.subject_id)
    return await find_account(session, row.subject_id)


async def open_session(session: AsyncSession, found: Account | Agent) -> SessionOut:
    """A new session with its tokens."""
    now = await database_now(session)
    is_agent = isinstance(found, Agent)
    row = Session(
        session_id=new_id(),
        subject="agent" if is_agent else "parent",
        subject_id=found.agent_id if is_agent else found.account_id,
        commune_id=found.commune_id if is_agent else None,
        created_at=now,
        expires_at=now + (AGENT_LIFETIME if is_agent else PARENT_LIFETIME),
    )
    await repository.add_session(session, row)
    return await answer(session, row, found, await repository.add_refresh_token(session, row.session_id, now))


async def answer(
    session: AsyncSession, row: Session, found: Account | Agent, refresh_token: str
) -> SessionOut:
    """A session's tokens. Roles and memberships are read anew."""
    key = await active_key(session)
    subject: Subject
    if isinstance(found, Agent):
        subject, name = "agent", found.name
        access_token = tokens.agent_token(
            key,
            agent_id=found.agent_id,
            session_id=row.session_id,
            commune_id=found.commune_id,
            roles=found.roles,
            name=found.name,
        )
    else:
        subject, name = "parent", f"{found.first_name} {found.last_name}"
        access_token = tokens.parent_token(
            key,
            account_id=found.account_id,
            session_id=row.session_id,
            memberships=[
                {
                    "commune_id": str(row.commune_id),
                    "family_id": str(row.family_id),
                    "guardian_id": str(row.guardian_id),
                }
                for row in await memberships_of(session, found.account_id)
            ],
        )
    return SessionOut(
        access_token=access_token,
        expires_in=LIFETIME_SECONDS,
        refresh_token=refresh_token,
        session_id=row.session_id,
        subject=subject,
        display_name=name,
    )
