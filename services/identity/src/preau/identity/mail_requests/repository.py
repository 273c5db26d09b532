"""Requests for mails in the database."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from preau.identity.credentials.domain import email_key
from preau.identity.mail_requests.tables import MailRequest


async def add(
    session: AsyncSession,
    kind: str,
    email: str,
    *,
    commune_slug: str | None = None,
    account_id: UUID | None = None,
    family_id: UUID | None = None,
) -> None:
    """Ask for a mail to whoever is reached at ``email``, if anyone is."""
    session.add(
        MailRequest(
            kind=kind,
            email_key=email_key(email),
            commune_slug=commune_slug,
            account_id=account_id,
            family_id=family_id,
        )
    )
    await session.flush()  # its failure is the request's


async def take(session: AsyncSession, *, size: int) -> Sequence[MailRequest]:
    """Take the oldest requests away; they come back if the transaction does not end well."""
    oldest = (
        select(MailRequest.mail_request_id)
        .order_by(MailRequest.mail_request_id)
        .limit(size)
        .with_for_update(skip_locked=True)
    )
    taken = await session.scalars(
        delete(MailRequest)
        .where(MailRequest.mail_request_id == func.any(func.array(oldest.scalar_subquery())))
        .returning(MailRequest)
    )
    return taken.all()
