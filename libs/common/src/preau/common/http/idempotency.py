"""Idempotency keys: a POST that costs money or places takes effect once, however often it is sent.

The key is claimed in the transaction of the effect and keeps the answer with it, for seven days.
Same key and same body: the same answer. Another body: 422. Still in flight: 409.
"""

import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Header, Request, Response
from fastapi.encoders import jsonable_encoder
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from pydantic_core import to_json
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from preau.common.errors import BadRequest, Conflict, Unprocessable

FREE = "(SELECT pg_try_advisory_xact_lock(hashtextextended(:key_name, 0)))"
"""Whether nobody else is at work under the key: a column of a hot look. See :meth:`Idempotency.claim`."""
STORED = "idempotency_key k ON k.subject_id = :key_subject AND k.key = :key"
"""The answer stored under the key, to be joined by a hot look: its fingerprint, status and response."""
IS_STORED = "SELECT 1 FROM idempotency_key WHERE subject_id = :key_subject AND key = :key"
"""Whether the transaction sees an answer under the key."""
CLAIM = (
    "INSERT INTO idempotency_key (subject_id, key, fingerprint, status, response)"
    " VALUES (:key_subject, :key, :fingerprint, :answer_status, CAST(:answer AS jsonb))"
    " ON CONFLICT DO NOTHING RETURNING 1"
)
"""Claims the key and stores the answer: the first part of a hot write."""

_LOCK = text("SELECT pg_try_advisory_xact_lock(hashtextextended(:name, 0))")
_READ = text(
    "SELECT fingerprint, status, response FROM idempotency_key WHERE subject_id = :subject AND key = :key"
)
_WRITE = text(CLAIM)


_NOTHING_STORED: dict[str, Any] = {"fingerprint": None, "status": 0, "response": None}
REUSED = "Cette clé d’idempotence a déjà servi à une autre demande : employez-en une nouvelle."


class KeyInFlight(Conflict):
    type, title = "idempotency-key-in-flight", "Demande déjà en cours"


class KeyReused(Unprocessable):
    type, title = "idempotency-key-reused", "Clé d’idempotence déjà employée"


@dataclass(frozen=True, slots=True)
class Claim:
    """A key as a hot use case takes it along: into its look, and with the answer into its write."""

    subject_id: UUID
    key: str
    fingerprint: bytes

    def names(self) -> dict[str, Any]:
        """The parameters of :data:`FREE` and :data:`STORED`."""
        return {"key_name": f"{self.subject_id}/{self.key}", "key_subject": self.subject_id, "key": self.key}

    def values(self, answer: bytes, status: int) -> dict[str, Any]:
        """The parameters of :data:`CLAIM`; ``answer`` is JSON."""
        return {
            "key_subject": self.subject_id,
            "key": self.key,
            "fingerprint": self.fingerprint,
            "answer_status": status,
            "answer": answer.decode(),
        }

    def replay(self, *, free: bool, fingerprint: bytes | None, status: int, response: Any) -> "Replay | None":
        """The stored answer, None while there is none. Raises :class:`KeyInFlight`, :class:`KeyReused`.

        ``response`` is what was stored, or its JSON.
        """
        if not free:
            raise KeyInFlight("La même demande est en cours de traitement.", retry_after=1)
        if fingerprint is None:
            return None
        if bytes(fingerprint) != self.fingerprint:
            raise KeyReused(REUSED)
        return Replay(response if isinstance(response, str) else to_json(response).decode(), status)


@dataclass(frozen=True, slots=True)
class Replay:
    """An answer that was given before, as JSON."""

    answer: str
    status: int


def answered(answer: bytes | Replay, status: int) -> Response:
    """The response of a use case that claimed a key, or whose key had been answered."""
    if isinstance(answer, Replay):
        headers = {"Idempotency-Replayed": "true"}
        return Response(answer.answer, answer.status, headers, media_type="application/json")
    return Response(answer, status, media_type="application/json")


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
    ) -> Response:
        """Give the stored answer, or run ``produce`` and store its answer in the same transaction.

        An error of ``produce`` rolls everything back: the key is free again.
        """
        claim = self.claim(subject_id, body)
        names = {"subject": subject_id, "key": self.key}
        free = (await session.execute(_LOCK, {"name": claim.names()["key_name"]})).scalar_one()
        stored = (await session.execute(_READ, names)).mappings().one_or_none() if free else None
        replay = claim.replay(free=free, **(stored or _NOTHING_STORED))
        if replay is not None:
            return answered(replay, status_code)
        answer = jsonable_encoder(await produce())
        written = await session.execute(_WRITE, claim.values(to_json(answer), status_code))
        if written.first() is None:  # the subject used it in another commune, which this one does not see
            raise KeyReused(REUSED)
        return JSONResponse(answer, status_code)

    def claim(self, subject_id: UUID, body: BaseModel | None) -> Claim:
        """The key for one subject and one body."""
        fingerprint = hashlib.sha256(self.operation.encode() + b"\0" + to_json(body)).digest()
        return Claim(subject_id, self.key, fingerprint)


async def _idempotency(
    request: Request,
    key: Annotated[str | None, Header(alias="Idempotency-Key", max_length=100)] = None,
) -> Idempotency:
    if not key or not key.strip():
        raise BadRequest("L’en-tête Idempotency-Key est obligatoire pour cette opération.")
    return Idempotency(key.strip(), f"{request.method} {request.url.path}")


IdempotencyKey = Annotated[Idempotency, Depends(_idempotency)]
