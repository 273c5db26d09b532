"""The sandbox's mailbox over HTTP: in development only, elsewhere it does not exist."""

from typing import Annotated

from fastapi import APIRouter, Query

from preau.common.errors import NotFound
from preau.common.http.permissions import Anyone
from preau.common.http.unit_of_work import Databases
from preau.identity.notifications import repository
from preau.identity.notifications.schemas import SandboxMailOut, SandboxMailsOut
from preau.identity.settings import Settings

router = APIRouter(tags=["sandbox"])


@router.get("/public/sandbox/mails")
async def read_sandbox_mails(
    _anyone: Anyone,
    database: Databases,
    settings: Settings,
    to: Annotated[str | None, Query(max_length=320)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> SandboxMailsOut:
    """Mails that the sandbox mailer took, newest first."""
    if not settings.in_development:
        raise NotFound
    async with database.system_transaction() as session:
        mails = await repository.sandbox_mails(session, to, limit)
    return SandboxMailsOut(items=[SandboxMailOut.model_validate(mail) for mail in mails])
