"""Where the bytes of documents lie: an object store under random keys, behind a URL."""

import secrets
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID

import obstore
from obstore.store import LocalStore, ObjectStore, from_url

CHUNK_BYTES = 256 * 1024


def open_store(url: str) -> ObjectStore:
    """The store of a URL: ``file:var/documents``, ``file:///srv/documents``, ``s3://bucket/prefix``."""
    if url.startswith("file:"):
        path = url.removeprefix("file://") if url.startswith("file://") else url.removeprefix("file:")
        return LocalStore(Path(path).absolute(), automatic_cleanup=True, mkdir=True)
    return from_url(url)


def random_key(commune_id: UUID) -> str:
    """A key that tells nothing and cannot be guessed; a commune's documents lie together."""
    return f"documents/{commune_id}/{secrets.token_hex(24)}"


async def read_object(store: ObjectStore, key: str) -> AsyncIterator[bytes]:
    """The bytes of an object, piece by piece."""
    found = await obstore.get_async(store, key)
    async for piece in found.stream(min_chunk_size=CHUNK_BYTES):
        yield bytes(piece)
