"""Staying signed in: a refresh token is exchanged for its successor."""

from sqlalchemy.ext.asyncio import AsyncSession

from preau.common.db.clock import database_now
from preau.common.db.database import Database
from preau.common.errors import Unauthenticated
from preau.identity.authentication import service
from preau.identity.authentication.schemas import SessionOut
from preau.identity.sessions import repository
from preau.identity.sessions.domain import Verdict, judge


class SessionEnded(Unauthenticated):
    """The session ended, or its refresh token is not one."""

    type, title = "session-ended", "Session terminée"

    def __init__(self) -> None:
        super().__init__("Votre session est terminée : merci de vous reconnecter.")


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
    found = await service.subject_of(session, row)
    if found is None:
        await repository.revoke(session, row.session_id, because="subject closed", now=now)
        return None
    await repository.mark_rotated(session, token, now)
    return await service.answer(
        session, row, found, await repository.add_refresh_token(session, row.session_id, now)
    )
