"""Receiving a file, and no more of it than the limit."""

import asyncio
import re
from collections.abc import AsyncGenerator
from typing import NamedTuple

from fastapi import Request
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from preau.common.errors import BadRequest, FieldErrors
from preau.requests.documents.errors import DocumentTooLarge, UploadTooSlow

KIND = re.compile("[A-Za-z_][A-Za-z0-9_]{0,39}")
ARRIVAL_SECONDS = 180
ENVELOPE_BYTES = 16_384
"""What headers and the other fields of the form may add to the file."""


class Upload(NamedTuple):
    """A file as it came."""

    data: bytes
    filename: str
    kind: str


async def receive(request: Request, limit_bytes: int) -> Upload:
    """The file and its kind from a multipart body, read piece by piece up to the limit.

    Raises:
        DocumentTooLarge: the file passes ``limit_bytes``; reading stopped there.
        UploadTooSlow: it did not arrive in three minutes.
        BadRequest: the body is not such a form.
        FieldErrors: the file or its kind is missing.
    """
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        raise BadRequest("Envoyez le fichier dans un formulaire (multipart/form-data).")
    parser = MultiPartParser(
        request.headers,
        _bounded(request, limit_bytes),
        max_files=1,
        max_fields=2,
        max_part_size=ENVELOPE_BYTES,
    )
    try:
        async with asyncio.timeout(ARRIVAL_SECONDS):
            form = await parser.parse()
    except TimeoutError as error:
        raise UploadTooSlow from error
    except MultiPartException as error:
        raise BadRequest("Ce formulaire est mal formé.") from error
    try:
        file, kind = form.get("file"), form.get("kind")
        if not isinstance(file, UploadFile):
            raise FieldErrors({"file": "Choisissez un fichier."})
        if not isinstance(kind, str) or not KIND.fullmatch(kind):
            raise FieldErrors({"kind": "Dites de quelle pièce il s’agit."})
        if form.keys() - {"file", "kind"}:
            raise FieldErrors(dict.fromkeys(form.keys() - {"file", "kind"}, "Ce champ est inconnu."))
        data = await file.read()
        if len(data) > limit_bytes:
            raise DocumentTooLarge(limit_bytes)
        return Upload(data, file.filename or "", kind)
    finally:
        await form.close()


async def _bounded(request: Request, limit_bytes: int) -> AsyncGenerator[bytes, None]:
    most = limit_bytes + ENVELOPE_BYTES
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > most:
        raise DocumentTooLarge(limit_bytes)
    received = 0
    async for piece in request.stream():
        received += len(piece)
        if received > most:
            raise DocumentTooLarge(limit_bytes)
        yield piece
