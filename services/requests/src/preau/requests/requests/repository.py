"""Every statement on requests, their history and their references."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from preau.contracts.identity import AccountErasedV1
from preau.requests.documents.tables import Document, RequestDocument
from preau.requests.messages.actors import Actor
from preau.requests.messages.repository import ERASED
from preau.requests.requests.errors import RequestChanged
from preau.requests.requests.tables import ReferenceCounter, Request, RequestHistory


async def next_number(session: AsyncSession, commune_id: UUID, year: int) -> int:
    """The next number of a commune's requests in a year; it waits for whoever takes one at the same time."""
    taken = await session.execute(
        insert(ReferenceCounter)
        .values(commune_id=commune_id, year=year, last=1)
        .on_conflict_do_update(
            index_elements=[ReferenceCounter.commune_id, ReferenceCounter.year],
            set_={"last": ReferenceCounter.last + 1},
        )
        .returning(ReferenceCounter.last)
    )
    return taken.scalar_one()


async def find_of_family(session: AsyncSession, family_id: UUID, request_id: UUID) -> Request | None:
    """A request of that family."""
    return await session.scalar(
        select(Request).where(Request.request_id == request_id, Request.family_id == family_id)
    )


async def find_sent(session: AsyncSession, request_id: UUID) -> Request | None:
    """A request that its family has sent: a draft is nobody else's business."""
    return await session.scalar(
        select(Request).where(Request.request_id == request_id, Request.submitted_at.is_not(None))
    )


async def list_of_family(
    session: AsyncSession, family_id: UUID, *, before: UUID | None, limit: int
) -> Sequence[Request]:
    """The requests of a family, newest first, from the one after ``before`` on."""
    statement = select(Request).where(Request.family_id == family_id)
    if before is not None:
        statement = statement.where(Request.request_id < before)
    return (await session.scalars(statement.order_by(Request.request_id.desc()).limit(limit))).all()


async def add_request(session: AsyncSession, request: Request) -> None:
    session.add(request)
    await session.flush()  # documents and history refer to the row


async def change(session: AsyncSession, request: Request, values: Mapping[str, Any]) -> None:
    """Change a request that still stands as it was read, and make it a new version.

    Raises:
        RequestChanged: somebody changed or moved it since; nothing is changed.
    """
    changed = await session.execute(
        update(Request)
        .where(Request.request_id == request.request_id, Request.version == request.version)
        .values(**values, version=Request.version + 1)
        .returning(Request.version)
        .execution_options(synchronize_session=False)
    )
    if changed.scalar_one_or_none() is None:
        raise RequestChanged
    await session.refresh(request)


def record_step(
    session: AsyncSession, request: Request, previous: str | None, actor: Actor, now: datetime
) -> None:
    """Write in the history that the request came from the status ``previous`` to where it stands."""
    session.add(
        RequestHistory(
            commune_id=request.commune_id,
            request_id=request.request_id,
            from_status=previous,
            to_status=request.status,
            actor=actor.kind,
            actor_id=actor.id,
            actor_name=actor.name,
            happened_at=now,
            version=request.version,
        )
    )


async def history_of(session: AsyncSession, request_id: UUID) -> Sequence[RequestHistory]:
    """The steps of a request, oldest first."""
    found = await session.scalars(
        select(RequestHistory).where(RequestHistory.request_id == request_id).order_by(RequestHistory.version)
    )
    return found.all()


async def find_shown(session: AsyncSession, document_id: UUID) -> Document | None:
    """A document that a family showed with a request it sent; agents see no other."""
    shown = (
        select(RequestDocument.document_id)
        .join(Request, Request.request_id == RequestDocument.request_id)
        .where(RequestDocument.document_id == document_id, Request.submitted_at.is_not(None))
    )
    return await session.scalar(select(Document).where(Document.document_id == document_id, shown.exists()))


async def forget_account(session: AsyncSession, event: AccountErasedV1) -> None:
    """Unlink requests and their history from the person of an erased account."""
    account_id = event.aggregate_id
    await session.execute(update(Request).where(Request.account_id == account_id).values(account_id=None))
    await session.execute(
        update(RequestHistory)
        .where(RequestHistory.actor_id == account_id)
        .values(actor_id=None, actor_name=ERASED)
    )
