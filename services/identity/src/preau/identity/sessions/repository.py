"""Sessions and their refresh tokens in the database."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from preau.common.db.database import hot
from preau.common.db.driver import Statement
from preau.identity.credentials.one_time import hash_token, random_token
from preau.identity.sessions.tables import RefreshToken, Session

_ADD = Statement(
    """
    INSERT INTO session (session_id, subject, subject_id, commune_id, created_at, expires_at)
    VALUES (:session_id, :subject, :subject_id, :commune_id, :created_at, :expires_at)
    """
)
_ADD_TOKEN = Statement(
    """
    INSERT INTO refresh_token (token_hash, session_id, issued_at)
    VALUES (:token_hash, :session_id, :issued_at)
    """
)


class Presented(NamedTuple):
    """A refresh token that someone presented, with its session."""

    token: RefreshToken
    session: Session


async def add_session(session: AsyncSession, row: Session) -> None:
    """Insert a session."""
    await hot(session).rows(_ADD, {name: getattr(row, name) for name in _ADD.names})


async def add_refresh_token(session: AsyncSession, session_id: UUID, now: datetime) -> str:
    """A new refresh token of the session; only its hash is kept."""
    token = random_token()
    await hot(session).rows(
        _ADD_TOKEN, {"token_hash": hash_token(token), "session_id": session_id, "issued_at": now}
    )
    return token


async def presented(session: AsyncSession, token: str) -> Presented | None:
    """The token and its session, locked: exchanges of one session come one after the other."""
    session_id = await session.scalar(
        select(RefreshToken.session_id).where(RefreshToken.token_hash == hash_token(token))
    )
    if session_id is None:
        return None
    locked = await session.scalar(select(Session).where(Session.session_id == session_id).with_for_update())
    row = await session.scalar(
        select(RefreshToken)
        .where(RefreshToken.token_hash == hash_token(token))
        .execution_options(populate_existing=True)
    )
    return Presented(row, locked) if row and locked else None


async def mark_rotated(session: AsyncSession, token: RefreshToken, now: datetime) -> None:
    """The token was exchanged; the grace period counts from the first time."""
    await session.execute(
        update(RefreshToken)
        .where(RefreshToken.token_hash == token.token_hash, RefreshToken.rotated_at.is_(None))
        .values(rotated_at=now)
    )


async def revoke(session: AsyncSession, session_id: UUID, *, because: str, now: datetime) -> None:
    """End one session."""
    await session.execute(
        update(Session)
        .where(Session.session_id == session_id, Session.revoked_at.is_(None))
        .values(revoked_at=now, revoked_because=because)
    )


async def revoke_all(
    session: AsyncSession, subject_id: UUID, *, because: str, now: datetime, but: UUID | None = None
) -> None:
    """End every session of an account or agent, except ``but``."""
    query = update(Session).where(Session.subject_id == subject_id, Session.revoked_at.is_(None))
    if but is not None:
        query = query.where(Session.session_id != but)
    await session.execute(query.values(revoked_at=now, revoked_because=because))


async def is_active(session: AsyncSession, session_id: UUID, now: datetime) -> bool:
    """Whether the session still stands; an unknown one does not."""
    found = await session.scalar(
        select(Session.session_id).where(
            Session.session_id == session_id, Session.revoked_at.is_(None), Session.expires_at > now
        )
    )
    return found is not None


async def delete_ended(session: AsyncSession, *, before: datetime) -> None:
    """Drop sessions (and their tokens) that ended before."""
    await session.execute(delete(Session).where(Session.expires_at < before))
    await session.execute(delete(Session).where(Session.revoked_at < before))
