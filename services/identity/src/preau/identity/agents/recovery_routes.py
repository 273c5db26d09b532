"""A lost password of an agent, over HTTP."""

from fastapi import APIRouter

from preau.common.http.permissions import Anyone
from preau.common.http.unit_of_work import Databases
from preau.identity.agents import recovery
from preau.identity.agents.schemas import AgentResetIn
from preau.identity.credentials.schemas import NewPasswordIn
from preau.identity.settings import Settings

router = APIRouter(prefix="/public/agent-password-resets", tags=["agents"])


@router.post("", status_code=202)
async def ask_for_reset(anyone: Anyone, database: Databases, form: AgentResetIn) -> None:
    """Ask for a link to choose a new password; the answer is the same when there is no such agent."""
    await recovery.ask_for_reset(database, form.email, form.commune_slug, address=anyone.client_address)


@router.get("/{token}", status_code=204)
async def check_reset_link(anyone: Anyone, database: Databases, token: str) -> None:
    """Whether the mailed link still works, and nothing else; 404 when it does not."""
    await recovery.check_link(database, token, address=anyone.client_address)


@router.post("/{token}", status_code=204)
async def reset_password(
    anyone: Anyone, database: Databases, settings: Settings, token: str, form: NewPasswordIn
) -> None:
    """Choose a new password with the mailed link; every session of the agent ends."""
    await recovery.reset_password(
        database,
        token,
        form,
        address=anyone.client_address,
        sign_in_link=f"{settings.public_url}/agent/connexion",
    )
