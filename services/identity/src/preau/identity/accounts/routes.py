"""Registration, profile, passwords."""

from typing import Any

from fastapi import APIRouter, Request

from preau.common.db.clock import database_now
from preau.common.http.access import Account, AnyoneMay
from preau.common.http.client_address import ClientAddress
from preau.identity.accounts import human_check, recovery, registration, service
from preau.identity.accounts.schemas import (
    AccountOut,
    AccountPatch,
    NewPasswordIn,
    PasswordChangeIn,
    PasswordResetIn,
    RegisteredOut,
    RegistrationIn,
)
from preau.identity.settings import IdentitySettings

router = APIRouter(tags=["accounts"])


def _settings(request: Request) -> IdentitySettings:
    return request.app.state.settings


@router.get("/public/challenge")
async def new_challenge(request: Request, anyone: AnyoneMay) -> dict[str, Any]:
    """A challenge of the human check, as the ALTCHA widget reads it."""
    async with anyone.database.system_transaction() as session:
        now = await database_now(session)
        return await human_check.new_challenge(
            session, now=now, cost=_settings(request).effective_challenge_cost
        )


@router.post("/public/accounts", status_code=201)
async def register(request: Request, anyone: AnyoneMay, form: RegistrationIn) -> RegisteredOut:
    """Make an account. The answer is the same when the e-mail has one: its owner gets a mail."""
    settings = _settings(request)
    account_id = await registration.register(
        anyone.database,
        form,
        address=anyone.client_address,
        max_cost=settings.effective_challenge_cost,
    )
    return RegisteredOut(account_id=account_id)


@router.post("/public/email-confirmations/{token}", status_code=204)
async def confirm_email(anyone: AnyoneMay, token: str) -> None:
    """Confirm the e-mail with the link of the mail of welcome."""
    await recovery.confirm_email(anyone.database, token, address=anyone.client_address)


@router.post("/public/password-resets", status_code=202)
async def ask_for_reset(anyone: AnyoneMay, form: PasswordResetIn) -> None:
    """Ask for a link to choose a new password; the answer is the same for an unknown e-mail."""
    await recovery.ask_for_reset(anyone.database, form.email, address=anyone.client_address)


@router.post("/public/password-resets/{token}", status_code=204)
async def reset_password(request: Request, anyone: AnyoneMay, token: str, form: NewPasswordIn) -> None:
    """Choose a new password with the mailed link; every session ends."""
    await recovery.reset_password(
        anyone.database,
        token,
        form,
        address=anyone.client_address,
        sign_in_link=f"{_settings(request).public_url}/connexion",
    )


@router.get("/parent/account")
async def read_account(account: Account) -> AccountOut:
    """One's profile and families."""
    return await service.profile(account.session, account.account_id)


@router.patch("/parent/account")
async def change_account(account: Account, body: AccountPatch) -> AccountOut:
    """Change one's profile."""
    return await service.change_profile(
        account.session, account.account_id, body.model_dump(exclude_unset=True, exclude_none=True)
    )


@router.post("/parent/account/password", status_code=204)
async def change_password(
    request: Request, account: Account, address: ClientAddress, form: PasswordChangeIn
) -> None:
    """Change one's password; every other session ends."""
    await service.change_password(
        account.database,
        account.session,
        account_id=account.account_id,
        session_id=account.session_id,
        form=form,
        address=address,
        sign_in_link=f"{_settings(request).public_url}/connexion",
    )
