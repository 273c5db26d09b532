"""What workers do of a print: render chunks, join them, clear what is old."""

import asyncio
import tempfile
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import obstore
import pikepdf
from obstore.store import ObjectStore

from preau.billing.prints import repository, service
from preau.billing.prints.lifecycle import PRINT
from preau.billing.prints.repository import ClaimedChunk, ClaimedPrint
from preau.common.db.clock import database_now
from preau.common.db.database import Database
from preau.common.objects import random_key

KEPT = timedelta(days=30)
ORPHAN_AFTER = timedelta(hours=24)
FOLDER = "prints"


async def work(database: Database, store: ObjectStore, lease: timedelta, public_url: str) -> bool:
    """Render a chunk, else join a print whose chunks are there; whether there was something to do.

    Whoever is killed at it is given up after ``lease``, and another begins the same chunk again.
    """
    async with database.system_transaction() as session:
        await repository.give_up(session, PRINT.move("rendering", "give_up"))
        chunk = await repository.claim(session, lease)
        whole = None if chunk else await repository.claim_whole(session, lease)
    if chunk:
        await _render(database, store, chunk, public_url)
    elif whole:
        await _join(database, store, whole)
    return chunk is not None or whole is not None


async def _render(database: Database, store: ObjectStore, chunk: ClaimedChunk, public_url: str) -> None:
    async with database.transaction(chunk.commune_id) as session:
        made = await service.rendered(
            session, chunk.commune_id, chunk.print_id, chunk.invoice_ids, public_url
        )
    key = random_key(FOLDER, chunk.commune_id)
    await obstore.put_async(store, key, await asyncio.to_thread(made))
    async with database.transaction(chunk.commune_id) as session:
        kept = await repository.keep_chunk(session, chunk, key)
    if not kept:
        await obstore.delete_async(store, key)


async def _join(database: Database, store: ObjectStore, whole: ClaimedPrint) -> None:
    async with database.transaction(whole.commune_id) as session:
        parts = await repository.object_keys(session, whole.print_id)
    key = random_key(FOLDER, whole.commune_id)
    with tempfile.TemporaryDirectory(prefix="preau-print-") as folder:
        paths = [Path(folder) / f"{place}.pdf" for place in range(len(parts))]
        for path, part in zip(paths, parts, strict=True):
            found = await obstore.get_async(store, part)
            await asyncio.to_thread(path.write_bytes, bytes(await found.bytes_async()))
        joined = Path(folder) / "joined.pdf"
        await asyncio.to_thread(_joined, paths, joined)
        await obstore.put_async(store, key, joined)
        size = joined.stat().st_size
    async with database.transaction(whole.commune_id) as session:
        done = await repository.finish(session, whole, PRINT.move("rendering", "finish"), key, size)
        if done:
            await repository.forget_chunks(session, whole.print_id)
    await obstore.delete_async(store, parts if done else [key])


def _joined(parts: Sequence[Path], target: Path) -> None:
    """The pages of all, in one file. A single part stays as it is, with the structure that is read aloud."""
    if len(parts) == 1:
        parts[0].rename(target)
        return
    with pikepdf.new() as whole:
        for part in parts:
            with pikepdf.open(part) as pages:
                whole.pages.extend(pages.pages)
        whole.save(target)


async def sweep(database: Database, store: ObjectStore) -> None:
    """Forget old prints, and clear the files that nothing names any more."""
    async with database.system_transaction() as session:
        await repository.forget_older(session, KEPT)
        oldest_kept = await database_now(session) - ORPHAN_AFTER
    async for batch in obstore.list(store, prefix=FOLDER, chunk_size=500):
        old = {entry["path"] for entry in batch if entry["last_modified"] < oldest_kept}
        if not old:
            continue
        async with database.system_transaction() as session:
            orphans = sorted(old - await repository.known_keys(session, old))
        if orphans:
            await obstore.delete_async(store, orphans)
