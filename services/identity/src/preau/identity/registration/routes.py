"""Making an account, over HTTP."""

from fastapi import APIRouter

from preau.common.http.permissions import Anyone
from preau.common.http.unit_of_work import Databases
from preau.identity.registration import registering
from preau.identity.registration.schemas import ActivationIn, RegisteredOut, RegistrationIn
from preau.identity.settings import Settings

router = APIRouter(prefix="/public")


@router.post("/accounts", status_code=201, tags=["accounts"])
async def register(
    anyone: Anyone, database: Databases, settings: Settings, form: RegistrationIn
) -> RegisteredOut:
    """Make an account. The answer is the same when the e-mail has one: its owner gets a mail."""
    account_id = await registering.register(
        database,
        form,
        address=anyone.client_address,
        max_cost=settings.effective_challenge_cost,
    )
    return RegisteredOut(account_id=account_id)


@router.post("/activations/{token}", status_code=201, tags=["memberships"])
async def activate(anyone: Anyone, database: Databases, token: str, form: ActivationIn) -> RegisteredOut:
    """Make an account that belongs to the link's family."""
    account_id = await registering.activate(database, token, form, address=anyone.client_address)
    return RegisteredOut(account_id=account_id)
