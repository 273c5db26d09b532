"""Statements on messages."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from preau.requests.messages.tables import Message

ERASED = "Compte supprimé"


async def messages_of(session: AsyncSession, request_id: UUID) -> Sequence[Message]:
    """The messages of a request, oldest first."""
    found = await session.scalars(
        select(Message).where(Message.request_id == request_id).order_by(Message.message_id)
    )
    return found.all()


async def forget_account(session: AsyncSession, account_id: UUID) -> None:
    """Unlink the messages of an erased account from the person."""
    await session.execute(
        update(Message).where(Message.author_id == account_id).values(author_id=None, author_name=ERASED)
    )
