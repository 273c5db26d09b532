"""Idempotency keys: a POST that costs money or places takes effect once, however often it is sent.

The key is claimed in the transaction of the effect and keeps the answer with it, for seven days.
Same key and same body: the same answer. Another body: 422. Still in flight: 409.
"""

import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Header, Request
from fastapi.encoders import jsonable_encoder
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from pydantic_core import to_json
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from preau.common.errors import BadRequest, Conflict, Unprocessable

_LOCK = text("SELECT pg_try_advisory_xact_lock(hashtextextended(:name, 0))")
_READ = text(
    "SELECT fingerprint, status, response FROM idempotency_key WHERE subject_id = :subject AND key = :key"
)
_WRITE = text(
    "INSERT INTO idempotency_key (subject_id, key, fingerprint, status, response)"
    " VALUES (:subject, :key, :fingerprint, :status, CAST(:response AS jsonb))"
    " ON CONFLICT DO NOTHING RETURNING 1"
)


class KeyInFlight(Conflict):
    type, title = "idempotency-key-in-flight", "Demande déjà en cours"


class KeyReused(Unprocessable):
    type, title = "idempotency-key-reused", "Clé d’idempotence déjà employée"


@dataclass(frozen=True, slots=True)
class Idempotency:
    """The key of the present request. Keys of different subjects never meet."""

    key: str
    operation: str

    async def once(
        self,
        session: AsyncSession,
        subject_id: UUID,
        body: BaseModel | None,
        produce: Callable[[], Awaitable[Any]],
        *,
        status_code: int = 201,
    ) -> JSONResponse:
        """Give the stored answer, or run ``produce`` and store its answer in the same transaction.

        An error of ``produce`` rolls everything back: the key is free again.
        """
        fingerprint = hashlib.sha256(self.operation.encode() + b"\0" + to_json(body)).digest()
        names = {"subject": subject_id, "key": self.key}
        if not (await session.execute(_LOCK, {"name": f"{subject_id}/{self.key}"})).scalar_one():
            raise KeyInFlight("La même demande est en cours de traitement.", retry_after=1)
        stored = (await session.execute(_READ, names)).one_or_none()
        if stored is not None:
            if bytes(stored.fingerprint) != fingerprint:
                raise KeyReused("Cette clé d’idempotence a servi à une autre demande.")
            return JSONResponse(stored.response, stored.status, {"Idempotency-Replayed": "true"})
        answer = jsonable_encoder(await produce())
        written = await session.execute(
            _WRITE,
            {
                **names,
                "fingerprint": fingerprint,
                "status": status_code,
                "response": to_json(answer).decode(),
            },
        )
        if written.first() is None:  # the subject used it in another commune, which this one does not see
            raise KeyReused("Cette clé d’idempotence a servi à une autre demande.")
        return JSONResponse(answer, status_code)


def _idempotency(
    request: Request,
    key: Annotated[str | None, Header(alias="Idempotency-Key", max_length=100)] = None,
) -> Idempotency:
    if not key or not key.strip():
        raise BadRequest("L’en-tête Idempotency-Key est obligatoire pour cette opération.")
    return Idempotency(key.strip(), f"{request.method} {request.url.path}")


IdempotencyKey = Annotated[Idempotency, Depends(_idempotency)]
