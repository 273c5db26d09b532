"""Clearing objects that no document knows: their uploads failed, or the document was removed."""

from datetime import timedelta

import obstore
from obstore.store import ObjectStore

from preau.common.db.clock import database_now
from preau.common.db.database import Database
from preau.requests.documents.repository import known_keys

ORPHAN_AFTER = timedelta(hours=24)
"""An object that no row knows by then never will be known: its upload ended long ago."""


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
