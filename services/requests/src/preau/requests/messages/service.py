"""Use cases of messages."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from preau.requests.messages.tables import Message
from preau.requests.requests.actors import Actor
from preau.requests.requests.tables import Request


async def write(session: AsyncSession, request: Request, actor: Actor, text: str, now: datetime) -> Message:
    """Add a message to a request."""
    message = Message(
        commune_id=request.commune_id,
        request_id=request.request_id,
        author=actor.kind,
        author_id=actor.id,
        author_name=actor.name,
        text=text,
        written_at=now,
    )
    session.add(message)
    await session.flush()  # so that the row is whole when it is answered
    return message
