"""An account's e-mail and password."""

from fastapi import APIRouter

from preau.common.http.client_address import ClientAddress
from preau.common.http.permissions import Account, Anyone
from preau.common.http.unit_of_work import Databases, Work
from preau.identity.accounts import password_change, recovery
from preau.identity.accounts.schemas import PasswordChangeIn, PasswordResetIn
from preau.identity.credentials.schemas import NewPasswordIn
from preau.identity.settings import Settings

router = APIRouter(tags=["accounts"])


@router.post("/public/email-confirmations/{token}", status_code=204)
async def confirm_email(anyone: Anyone, database: Databases, token: str) -> None:
    """Confirm the e-mail with the link of the mail of welcome."""
    await recovery.confirm_email(database, token, address=anyone.client_address)


@router.post("/public/password-resets", status_code=202)
async def ask_for_reset(anyone: Anyone, database: Databases, form: PasswordResetIn) -> None:
    """Ask for a link to choose a new password; the answer is the same for an unknown e-mail."""
    await recovery.ask_for_reset(database, form.email, address=anyone.client_address)


@router.get("/public/password-resets/{token}", status_code=204)
async def check_reset_link(anyone: Anyone, database: Databases, token: str) -> None:
    """Whether the mailed link still works, and nothing else; 404 when it does not."""
    await recovery.check_link(database, token, address=anyone.client_address)


@router.post("/public/password-resets/{token}", status_code=204)
async def reset_password(
    anyone: Anyone, database: Databases, settings: Settings, token: str, form: NewPasswordIn
) -> None:
    """Choose a new password with the mailed link; every session ends."""
    await recovery.reset_password(
        database,
        token,
        form,
        address=anyone.client_address,
        sign_in_link=f"{settings.public_url}/connexion",
    )


@router.post("/parent/account/password", status_code=204)
async def change_password(
    account: Account, work: Work, settings: Settings, address: ClientAddress, form: PasswordChangeIn
) -> None:
    """Change one's password; every other session ends."""
    await password_change.change_password(
        work,
        account_id=account.account_id,
        session_id=account.session_id,
        form=form,
        address=address,
        sign_in_link=f"{settings.public_url}/connexion",
    )
