"""Statements on messages."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from preau.contracts.identity import AccountErasedV1
from preau.requests.messages.actors import Actor
from preau.requests.messages.tables import Message

ERASED = "Compte supprimé"


async def messages_of(session: AsyncSession, request_id: UUID) -> Sequence[Message]:
    """The messages of a request, oldest first."""
    found = await session.scalars(
        select(Message).where(Message.request_id == request_id).order_by(Message.message_id)
    )
    return found.all()


async def add_message(
    session: AsyncSession, commune_id: UUID, request_id: UUID, actor: Actor, text: str, now: datetime
) -> Message:
    """Add a message to a request."""
    message = Message(
        commune_id=commune_id,
        request_id=request_id,
        author=actor.kind,
        author_id=actor.id,
        author_name=actor.name,
        text=text,
        written_at=now,
    )
    session.add(message)
    await session.flush()  # so that the row is whole when it is answered
    return message


async def forget_account(session: AsyncSession, event: AccountErasedV1) -> None:
    """Unlink the messages of an erased account from the person."""
    await session.execute(
        update(Message)
        .where(Message.author_id == event.aggregate_id)
        .values(author_id=None, author_name=ERASED)
    )
