"""Keys, sign-in, refresh, sign-out."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response

from preau.common.db.clock import database_now
from preau.common.http.access import Account, AgentAccess, AgentMay, AnyoneMay
from preau.identity.sessions import keys, repository, service
from preau.identity.sessions.schemas import KeysOut, RefreshIn, SessionOut, SessionStatusOut, SignInIn

router = APIRouter(tags=["sessions"])

_NOT_STORED = "no-store"


@router.get("/public/jwks")
async def read_keys(anyone: AnyoneMay) -> KeysOut:
    """The keys that verify access tokens: the active one first, then those retired not long ago."""
    async with anyone.database.system_transaction() as session:
        return KeysOut(keys=[*await keys.published_keys(session)])


@router.post("/public/sessions", status_code=201)
async def sign_in(anyone: AnyoneMay, form: SignInIn, response: Response) -> SessionOut:
    """Sign in: 401 ``bad-credentials`` whatever is wrong, 429 after too many tries."""
    response.headers["Cache-Control"] = _NOT_STORED
    return await service.sign_in(anyone.database, form, address=anyone.client_address)


@router.post("/public/sessions/refresh", status_code=201)
async def refresh(anyone: AnyoneMay, form: RefreshIn, response: Response) -> SessionOut:
    """Exchange a refresh token for its successor and a fresh access token."""
    response.headers["Cache-Control"] = _NOT_STORED
    return await service.refresh(anyone.database, form.refresh_token)


@router.get("/public/sessions/{session_id}/status")
async def read_status(anyone: AnyoneMay, session_id: UUID) -> SessionStatusOut:
    """Whether the session still stands."""
    async with anyone.database.system_transaction() as session:
        active = await repository.is_active(session, session_id, await database_now(session))
    return SessionStatusOut(active=active)


@router.delete("/parent/sessions/current", status_code=204)
async def sign_parent_out(account: Account) -> None:
    """End the parent's session."""
    await service.sign_out(account.session, account.session_id)


@router.delete("/agent/sessions/current", status_code=204)
async def sign_agent_out(agent: Annotated[AgentAccess, AgentMay()]) -> None:
    """End the agent's session."""
    await service.sign_out(agent.session, agent.session_id)
