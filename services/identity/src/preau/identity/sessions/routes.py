"""The published keys, a session's status, sign-out."""

from uuid import UUID

from fastapi import APIRouter

from preau.common.db.clock import database_now
from preau.common.http.permissions import Account, AnyAgent, Anyone
from preau.common.http.unit_of_work import Databases, Transaction
from preau.identity.sessions import keys, repository
from preau.identity.sessions.schemas import KeysOut, SessionStatusOut

router = APIRouter(tags=["sessions"])

_SIGNED_OUT = "signed out"


@router.get("/public/jwks")
async def read_keys(_anyone: Anyone, database: Databases) -> KeysOut:
    """The keys that verify access tokens: the active one first, then those retired not long ago."""
    async with database.system_transaction() as session:
        return KeysOut.model_validate({"keys": await keys.published_keys(session)})


@router.get("/public/sessions/{session_id}/status")
async def read_status(_anyone: Anyone, database: Databases, session_id: UUID) -> SessionStatusOut:
    """Whether the session still stands."""
    async with database.system_transaction() as session:
        active = await repository.is_active(session, session_id, await database_now(session))
    return SessionStatusOut(active=active)


@router.delete("/parent/sessions/current", status_code=204)
async def sign_parent_out(account: Account, session: Transaction) -> None:
    """End the parent's session; doing it twice is harmless."""
    await repository.revoke(session, account.session_id, because=_SIGNED_OUT, now=await database_now(session))


@router.delete("/agent/sessions/current", status_code=204)
async def sign_agent_out(agent: AnyAgent, session: Transaction) -> None:
    """End the agent's session; doing it twice is harmless."""
    await repository.revoke(session, agent.session_id, because=_SIGNED_OUT, now=await database_now(session))
