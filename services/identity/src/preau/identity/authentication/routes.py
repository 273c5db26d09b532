"""Sign-in and refresh."""

from fastapi import APIRouter, Response

from preau.common.http.permissions import Anyone
from preau.common.http.unit_of_work import Databases
from preau.identity.authentication import password_sign_in, token_refresh
from preau.identity.authentication.schemas import RefreshIn, SessionOut, SignInIn

router = APIRouter(prefix="/public/sessions", tags=["sessions"])

_NOT_STORED = "no-store"


@router.post("", status_code=201)
async def sign_in(anyone: Anyone, database: Databases, form: SignInIn, response: Response) -> SessionOut:
    """Sign in: 401 ``bad-credentials`` whatever is wrong, 429 after too many tries."""
    response.headers["Cache-Control"] = _NOT_STORED
    return await password_sign_in.sign_in(database, form, address=anyone.client_address)


@router.post("/refresh", status_code=201)
async def refresh(_anyone: Anyone, database: Databases, form: RefreshIn, response: Response) -> SessionOut:
    """Exchange a refresh token for its successor and a fresh access token."""
    response.headers["Cache-Control"] = _NOT_STORED
    return await token_refresh.refresh(database, form.refresh_token)
