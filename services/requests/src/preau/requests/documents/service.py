"""Use cases of documents: keep one, let one go."""

import hashlib
from uuid import UUID

import obstore
from obstore.store import ObjectStore
from sqlalchemy.ext.asyncio import AsyncSession

from preau.common.db.clock import database_now
from preau.common.errors import NotFound
from preau.common.http.permissions import FamilyCaller
from preau.common.http.unit_of_work import UnitOfWork
from preau.common.objects import random_key
from preau.requests.documents.cleaning import EXTENSIONS, CleanFile
from preau.requests.documents.errors import DocumentInUse, QuotaReached
from preau.requests.documents.filenames import safe_filename
from preau.requests.documents.repository import (
    add_document,
    give_room_back,
    lock_of_family,
    remove_unused,
    take_room,
)
from preau.requests.documents.tables import Document
from preau.requests.documents.upload import Upload


async def keep(
    work: UnitOfWork,
    family: FamilyCaller,
    store: ObjectStore,
    upload: Upload,
    cleaned: CleanFile,
    *,
    limit: int,
) -> Document:
    """Store the clean file and write its row: the object first, so that no row is ever without one.

    The transaction begins once the object is stored: no connection to the database waits for the store. An
    object whose row was rolled back is left to ``sweep_orphans``, which asks the database.

    Raises:
        QuotaReached: the family would keep more than ``limit`` bytes.
    """
    key = random_key("documents", family.commune_id)
    size = len(cleaned.data)
    await obstore.put_async(store, key, cleaned.data, mode="create")
    async with work.begin() as session:
        if not await take_room(session, family.commune_id, family.family_id, size, limit=limit):
            await obstore.delete_async(store, key)
            raise QuotaReached(limit)
        return await add_document(
            session,
            {
                "commune_id": family.commune_id,
                "family_id": family.family_id,
                "account_id": family.account_id,
                "kind": upload.kind,
                "filename": safe_filename(upload.filename, EXTENSIONS[cleaned.media_type]),
                "media_type": cleaned.media_type,
                "size": size,
                "sha256": hashlib.sha256(cleaned.data).hexdigest(),
                "object_key": key,
                "uploaded_at": await database_now(session),
            },
        )


async def let_go(session: AsyncSession, family_id: UUID, document_id: UUID) -> None:
    """Forget a document that no request shows; its object is swept later.

    Raises:
        NotFound: the family has no such document.
        DocumentInUse: a request shows it.
    """
    document = await lock_of_family(session, family_id, document_id)
    if document is None:
        raise NotFound("Ce document n’existe pas.")
    if not await remove_unused(session, document):
        raise DocumentInUse
    await give_room_back(session, family_id, document.size)
