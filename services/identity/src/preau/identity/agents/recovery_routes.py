"""A lost password of an agent, over HTTP."""

from fastapi import APIRouter, Request

from preau.common.http.access import AnyoneMay
from preau.identity.accounts.schemas import NewPasswordIn
from preau.identity.agents import recovery
from preau.identity.agents.schemas import AgentResetIn

router = APIRouter(prefix="/public/agent-password-resets", tags=["agents"])


@router.post("", status_code=202)
async def ask_for_reset(anyone: AnyoneMay, form: AgentResetIn) -> None:
    """Ask for a link to choose a new password; the answer is the same when there is no such agent."""
    await recovery.ask_for_reset(
        anyone.database, form.email, form.commune_slug, address=anyone.client_address
    )


@router.post("/{token}", status_code=204)
async def reset_password(request: Request, anyone: AnyoneMay, token: str, form: NewPasswordIn) -> None:
    """Choose a new password with the mailed link; every session of the agent ends."""
    await recovery.reset_password(
        anyone.database,
        token,
        form,
        address=anyone.client_address,
        sign_in_link=f"{request.app.state.settings.public_url}/agent/connexion",
    )
