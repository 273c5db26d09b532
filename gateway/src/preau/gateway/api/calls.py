"""What the clients of the services have in common: answers become models, refusals UpstreamProblem."""

from __future__ import annotations

import json as jsonlib
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from typing import ClassVar, TypeVar

from pydantic import BaseModel, ValidationError

from preau.common.logging import logger
from preau.gateway.api.client import Download, ServiceClient, Upload
from preau.gateway.api.problems import UNREADABLE, UpstreamProblem

log = logger(__name__)

Model = TypeVar("Model", bound=BaseModel)
Body = Mapping[str, object]
"""What is sent, by the service's names; the service checks it and says which field is wrong."""


class Calls:
    """The calls to one service with one access token, None for what is open to all.

    Every call raises UpstreamProblem for an answer from 400 on, and 502 for one that is not the model's.
    """

    service: ClassVar[str]

    def __init__(self, client: ServiceClient, token: str | None = None) -> None:
        self._client = client
        self._token = token

    async def _get(self, model: type[Model], path: str, **params: object) -> Model:
        """GET; parameters that are None or "" are left out, ``from_`` stands for ``from``."""
        given = {name.rstrip("_"): value for name, value in params.items() if value not in (None, "")}
        return self._read(
            model, await self._client.call("GET", self.service, path, self._token, params=given)
        )

    async def _post(
        self,
        model: type[Model],
        path: str,
        body: Body | None = None,
        *,
        key: str | None = None,
        seen: int | None = None,
    ) -> Model:
        """POST; ``key`` makes it happen once however often it is sent, ``seen`` is as in ``_patch``."""
        return self._read(model, await self._send("POST", path, body or {}, key=key, seen=seen))

    async def _patch(self, model: type[Model], path: str, body: Body, *, seen: int | None = None) -> Model:
        """PATCH; 409 when the record is no longer of the version ``seen``."""
        return self._read(model, await self._send("PATCH", path, body, seen=seen))

    async def _put(self, model: type[Model], path: str, body: Body, *, seen: int | None = None) -> Model:
        """PUT; 409 when the record is no longer of the version ``seen``."""
        return self._read(model, await self._send("PUT", path, body, seen=seen))

    async def _delete(self, model: type[Model], path: str, *, seen: int | None = None) -> Model:
        """DELETE; 409 when the record is no longer of the version ``seen``."""
        return self._read(model, await self._send("DELETE", path, seen=seen))

    async def _send(
        self,
        method: str,
        path: str,
        body: Body | None = None,
        *,
        key: str | None = None,
        seen: int | None = None,
    ) -> bytes:
        """A call whose answer is not looked at, or read by the caller."""
        sent = None if body is None else jsonlib.dumps(body, default=str).encode()
        return await self._client.call(
            method, self.service, path, self._token, json=sent, idempotency_key=key, seen=seen
        )

    async def _upload(self, model: type[Model], path: str, file: Upload, fields: Mapping[str, str]) -> Model:
        """POST a multipart form with one file."""
        return self._read(model, await self._client.upload(self.service, path, self._token, file, fields))

    async def _download(self, path: str, **params: object) -> Download:
        """GET a file whole."""
        return await self._client.download(self.service, path, self._token, params=params)

    async def _follow(self, model: type[Model], path: str) -> AsyncGenerator[Model]:
        """What server-sent events tell, one model each, until the service ends them."""
        async with aclosing(self._client.events(self.service, path, self._token)) as events:
            async for data in events:
                yield self._read(model, data)

    def _read(self, model: type[Model], content: bytes) -> Model:
        try:
            return model.model_validate_json(content)
        except ValidationError as error:
            log.error(
                "an answer is not as documented", service=self.service, model=model.__name__, why=str(error)
            )
            raise UpstreamProblem(502, UNREADABLE) from error


class FamilyCalls(Calls):
    """The calls about one family, of a parent who belongs to it."""

    def __init__(self, client: ServiceClient, token: str, family_id: str) -> None:
        super().__init__(client, token)
        self._family = f"/parent/families/{family_id}"
