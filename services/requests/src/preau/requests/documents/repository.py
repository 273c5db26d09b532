"""Every statement on documents, on the requests that show them, and on how much a family keeps."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from preau.contracts.identity import AccountErasedV1
from preau.requests.documents.tables import Document, DocumentUsage, RequestDocument


async def take_room(
    session: AsyncSession, commune_id: UUID, family_id: UUID, size: int, *, limit: int
) -> bool:
    """Count ``size`` bytes more for the family; False, and nothing counted, when they pass ``limit``.

    One statement, so that two uploads at once cannot both take the last room.
    """
    if size > limit:
        return False
    statement = insert(DocumentUsage).values(commune_id=commune_id, family_id=family_id, used_bytes=size)
    taken = await session.execute(
        statement.on_conflict_do_update(
            index_elements=[DocumentUsage.commune_id, DocumentUsage.family_id],
            set_={"used_bytes": DocumentUsage.used_bytes + statement.excluded.used_bytes},
            where=DocumentUsage.used_bytes + statement.excluded.used_bytes <= limit,
        ).returning(DocumentUsage.used_bytes)
    )
    return taken.scalar_one_or_none() is not None


async def give_room_back(session: AsyncSession, family_id: UUID, size: int) -> None:
    """Count ``size`` bytes less for the family."""
    await session.execute(
        update(DocumentUsage)
        .where(DocumentUsage.family_id == family_id)
        .values(used_bytes=DocumentUsage.used_bytes - size)
    )


async def add_document(session: AsyncSession, values: dict[str, Any]) -> Document:
    """Write what is known of a document."""
    document = Document(**values)
    session.add(document)
    await session.flush()  # so that the row is whole when it is answered
    return document


async def find_of_family(session: AsyncSession, family_id: UUID, document_id: UUID) -> Document | None:
    """A document of that family."""
    return await session.scalar(
        select(Document).where(Document.document_id == document_id, Document.family_id == family_id)
    )


async def lock_of_family(session: AsyncSession, family_id: UUID, document_id: UUID) -> Document | None:
    """A document of that family, held until the transaction ends: no request can take it up meanwhile."""
    return await session.scalar(
        select(Document)
        .where(Document.document_id == document_id, Document.family_id == family_id)
        .with_for_update()
    )


async def list_of_family(
    session: AsyncSession, family_id: UUID, *, before: UUID | None, limit: int
) -> Sequence[Document]:
    """The documents of a family, newest first, from the one after ``before`` on."""
    statement = select(Document).where(Document.family_id == family_id)
    if before is not None:
        statement = statement.where(Document.document_id < before)
    return (await session.scalars(statement.order_by(Document.document_id.desc()).limit(limit))).all()


async def owned(session: AsyncSession, family_id: UUID, document_ids: Collection[UUID]) -> set[UUID]:
    """Which of ``document_ids`` are the family's; they cannot vanish before the transaction ends."""
    found = await session.scalars(
        select(Document.document_id)
        .where(Document.family_id == family_id, Document.document_id.in_(document_ids))
        .with_for_update(read=True, key_share=True)
    )
    return set(found)


async def remove_unused(session: AsyncSession, document: Document) -> bool:
    """Remove the row of a document that no request shows; False when one does."""
    used = select(RequestDocument.document_id).where(RequestDocument.document_id == document.document_id)
    removed = await session.execute(
        delete(Document)
        .where(Document.document_id == document.document_id, ~used.exists())
        .returning(Document.document_id)
        .execution_options(synchronize_session=False)
    )
    return removed.scalar_one_or_none() is not None


async def known_keys(session: AsyncSession, keys: Collection[str]) -> set[str]:
    """Which of the objects belong to a document."""
    return set(await session.scalars(select(Document.object_key).where(Document.object_key.in_(keys))))


async def attach(
    session: AsyncSession, commune_id: UUID, request_id: UUID, documents: Mapping[str, UUID]
) -> None:
    """Make ``documents`` (by code) those of the request."""
    await session.execute(delete(RequestDocument).where(RequestDocument.request_id == request_id))
    if documents:
        await session.execute(
            insert(RequestDocument),
            [
                {
                    "commune_id": commune_id,
                    "request_id": request_id,
                    "code": code,
                    "document_id": document_id,
                }
                for code, document_id in documents.items()
            ],
        )


async def attached(session: AsyncSession, request_id: UUID) -> dict[str, Document]:
    """The documents of a request, by code."""
    rows = await session.execute(
        select(RequestDocument.code, Document)
        .join(Document, Document.document_id == RequestDocument.document_id)
        .where(RequestDocument.request_id == request_id)
        .order_by(RequestDocument.code)
    )
    return {row.code: row.Document for row in rows}


async def forget_account(session: AsyncSession, event: AccountErasedV1) -> None:
    """Unlink documents from the person of an erased account; they stay the family's."""
    await session.execute(
        update(Document).where(Document.account_id == event.aggregate_id).values(account_id=None)
    )
