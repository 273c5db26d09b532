"""Where the bytes of files lie: an object store under random keys, behind a URL."""

import secrets
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, ObjectStore, from_url

CHUNK_BYTES = 256 * 1024


class ObjectMissing(Exception):
    """The object store cannot give an object that a row names."""


def open_store(url: str) -> ObjectStore:
    """The store of a URL: ``file:var/documents``, ``file:///srv/documents``, ``s3://bucket/prefix``."""
    if url.startswith("file:"):
        path = url.removeprefix("file://") if url.startswith("file://") else url.removeprefix("file:")
        folder = Path(path).absolute()
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o700)  # what it holds is for no other user of the machine
        return LocalStore(folder, automatic_cleanup=True)
    return from_url(url)


def random_key(kind: str, commune_id: UUID) -> str:
    """A key that reveals nothing and cannot be guessed; a commune's files of a kind lie together."""
    return f"{kind}/{commune_id}/{secrets.token_hex(24)}"


async def open_object(store: ObjectStore, key: str) -> AsyncIterator[bytes]:
    """The bytes of an object, piece by piece; the object is found before the first is asked for.

    Raises:
        ObjectMissing: the store does not hold it, or does not answer.
    """
    try:
        found = await obstore.get_async(store, key)
    except (OSError, BaseError) as error:
        raise ObjectMissing from error

    async def pieces() -> AsyncIterator[bytes]:
        async for piece in found.stream(min_chunk_size=CHUNK_BYTES):
            yield bytes(piece)

    return pieces()
