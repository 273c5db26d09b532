"""Use cases of documents: keep one, let one go, and clear what no row knows."""

import hashlib
from datetime import timedelta
from uuid import UUID

import obstore
from obstore.store import ObjectStore

from preau.common.db.clock import database_now
from preau.common.db.database import Database
from preau.common.errors import NotFound
from preau.common.http.access import FamilyAccess
from preau.requests.documents.cleaning import EXTENSIONS, CleanFile
from preau.requests.documents.errors import DocumentInUse, QuotaReached
from preau.requests.documents.filenames import safe_filename
from preau.requests.documents.repository import (
    add_document,
    give_room_back,
    known_keys,
    lock_of_family,
    remove_unused,
    take_room,
)
from preau.requests.documents.store import random_key
from preau.requests.documents.tables import Document
from preau.requests.documents.upload import Upload, Uploader

ORPHAN_AFTER = timedelta(hours=24)
"""An object that no row knows by then never will be known: its upload ended long ago."""


async def keep(
    uploader: Uploader, store: ObjectStore, upload: Upload, cleaned: CleanFile, *, limit: int
) -> Document:
    """Store the clean file and write its row: the object first, so that no row is ever without one.

    An object whose row was rolled back is left to ``sweep_orphans``, which asks the database.

    Raises:
        QuotaReached: the family would keep more than ``limit`` bytes.
    """
    key = random_key(uploader.commune_id)
    size = len(cleaned.data)
    await obstore.put_async(store, key, cleaned.data, mode="create")
    async with uploader.database.transaction(uploader.commune_id) as session:
        if not await take_room(session, uploader.commune_id, uploader.family_id, size, limit=limit):
            await obstore.delete_async(store, key)
            raise QuotaReached(limit)
        return await add_document(
            session,
            {
                "commune_id": uploader.commune_id,
                "family_id": uploader.family_id,
                "account_id": uploader.account_id,
                "kind": upload.kind,
                "filename": safe_filename(upload.filename, EXTENSIONS[cleaned.media_type]),
                "media_type": cleaned.media_type,
                "size": size,
                "sha256": hashlib.sha256(cleaned.data).hexdigest(),
                "object_key": key,
                "uploaded_at": await database_now(session),
            },
        )


async def let_go(family: FamilyAccess, document_id: UUID) -> None:
    """Forget a document that no request shows; its object is swept later.

    Raises:
        NotFound: the family has no such document.
        DocumentInUse: a request shows it.
    """
    document = await lock_of_family(family.session, family.family_id, document_id)
    if document is None:
        raise NotFound("Ce document n'existe pas.")
    if not await remove_unused(family.session, document):
        raise DocumentInUse
    await give_room_back(family.session, family.family_id, document.size)


async def sweep_orphans(database: Database, store: ObjectStore) -> int:
    """Delete the objects of no document, a day after they were written; how many there were."""
    swept = 0
    async with database.system_transaction() as session:
        oldest_kept = await database_now(session) - ORPHAN_AFTER
    async for batch in obstore.list(store, prefix="documents", chunk_size=500):
        old = {entry["path"] for entry in batch if entry["last_modified"] < oldest_kept}
        if not old:
            continue
        async with database.system_transaction() as session:
            orphans = sorted(old - await known_keys(session, old))
        if orphans:
            await obstore.delete_async(store, orphans)
            swept += len(orphans)
    return swept
