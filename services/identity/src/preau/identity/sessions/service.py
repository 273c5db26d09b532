"""Signing in, refreshing, signing out.

No transaction is open while a password is checked: a flood of sign-ins holds no connection.
"""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from preau.common.auth.tokens import LIFETIME_SECONDS
from preau.common.db.clock import database_now
from preau.common.db.database import Database
from preau.common.errors import Unauthenticated
from preau.common.ids import new_id
from preau.identity.accounts import lanes
from preau.identity.accounts.passwords import password_matches
from preau.identity.accounts.repository import account_by_email
from preau.identity.accounts.tables import Account
from preau.identity.agents.repository import agent_by_email
from preau.identity.agents.tables import Agent
from preau.identity.memberships.repository import as_claims, memberships_of
from preau.identity.sessions import repository, tokens
from preau.identity.sessions.domain import AGENT_LIFETIME, PARENT_LIFETIME, Verdict, judge
from preau.identity.sessions.keys import active_key
from preau.identity.sessions.schemas import SessionOut, SignInIn, Subject
from preau.identity.sessions.tables import Session
from preau.identity.throttles.guards import SIGN_IN, begin_try, end_try
from preau.identity.throttles.keys import account_key
from preau.identity.throttles.known_networks import remember
from preau.identity.throttles.turns import turn_of


class BadCredentials(Unauthenticated):
    """The e-mail or the password is wrong: which one is not told."""

    type, title = "bad-credentials", "Identifiants incorrects"

    def __init__(self) -> None:
        super().__init__("L’adresse e-mail ou le mot de passe n’est pas correct.")


class SessionEnded(Unauthenticated):
    """The session ended, or its refresh token is not one."""

    type, title = "session-ended", "Session terminée"

    def __init__(self) -> None:
        super().__init__("Votre session est terminée : merci de vous reconnecter.")


async def sign_in(database: Database, form: SignInIn, *, address: str) -> SessionOut:
    """A new session. Raises ``BadCredentials``, after too many tries ``TooManyRequests``, ``LaneFull``."""
    account = account_key(form.subject, form.email)
    async with turn_of(address), database.system_transaction() as session:
        tried = await begin_try(session, SIGN_IN, account, address)
        found = await _subject(session, form)
    stored = found.password_hash if found else None
    if not await password_matches(form.password, stored, lanes.SIGN_IN) or found is None:
        raise BadCredentials
    async with database.system_transaction() as session:
        await end_try(session, tried)
        await remember(session, account, address)
        return await _open_session(session, found)


async def _subject(session: AsyncSession, form: SignInIn) -> Account | Agent | None:
    if form.subject == "agent":
        return await agent_by_email(session, form.email, form.commune_slug)
    return await account_by_email(session, form.email)


async def _open_session(session: AsyncSession, found: Account | Agent) -> SessionOut:
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
    return await _answer(
        session, row, found, await repository.add_refresh_token(session, row.session_id, now)
    )


async def _answer(
    session: AsyncSession, row: Session, found: Account | Agent, refresh_token: str
) -> SessionOut:
    key = await active_key(session)
    subject: Subject
    if isinstance(found, Agent):
        subject, name = "agent", found.name
        access_token = tokens.agent_token(key, found, row.session_id)
    else:
        subject, name = "parent", f"{found.first_name} {found.last_name}"
        access_token = tokens.parent_token(
            key,
            account_id=found.account_id,
            session_id=row.session_id,
            memberships=as_claims(await memberships_of(session, found.account_id)),
        )
    return SessionOut(
        access_token=access_token,
        expires_in=LIFETIME_SECONDS,
        refresh_token=refresh_token,
        session_id=row.session_id,
        subject=subject,
        display_name=name,
    )


async def refresh(database: Database, refresh_token: str) -> SessionOut:
    """Exchange a refresh token. Roles and memberships are read anew.

    Raises ``SessionEnded``; a token exchanged before, grace period over, ends its session for everyone.
    """
    async with database.system_transaction() as session:
        answer = await _exchanged(session, refresh_token)
    if answer is None:  # raised after the commit: a revocation must stay
        raise SessionEnded
    return answer


async def _exchanged(session: AsyncSession, refresh_token: str) -> SessionOut | None:
    presented = await repository.presented(session, refresh_token)
    if presented is None:
        return None
    token, row = presented
    now = await database_now(session)
    verdict = judge(
        rotated_at=token.rotated_at, revoked_at=row.revoked_at, expires_at=row.expires_at, now=now
    )
    if verdict is Verdict.STOLEN:
        await repository.revoke(session, row.session_id, because="refresh token reused", now=now)
    if verdict is not Verdict.ROTATE:
        return None
    found = await _subject_of(session, row)
    if found is None:
        await repository.revoke(session, row.session_id, because="subject closed", now=now)
        return None
    await repository.mark_rotated(session, token, now)
    return await _answer(
        session, row, found, await repository.add_refresh_token(session, row.session_id, now)
    )


async def _subject_of(session: AsyncSession, row: Session) -> Account | Agent | None:
    if row.subject == "agent":
        return await session.scalar(
            select(Agent).where(Agent.agent_id == row.subject_id, Agent.status == "active")
        )
    return await session.get(Account, row.subject_id)


async def sign_out(session: AsyncSession, session_id: UUID) -> None:
    """End the session; doing it twice is harmless."""
    await repository.revoke(session, session_id, because="signed out", now=await database_now(session))
