"""The HTTP client of the pages: the same APIs as everyone, over the proxy's connections."""

import json as jsonlib
import re
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, cast

import aiohttp

from preau.common.context import correlation_id, traceparent
from preau.common.errors import TooManyRequests
from preau.common.http.client_address import signed
from preau.gateway.api.problems import UNREACHABLE, UpstreamProblem
from preau.gateway.api.upstream import Upstream
from preau.gateway.security.address import asking_address
from preau.gateway.security.limits import Limits
from preau.gateway.tracing import new_correlation_id, new_traceparent

Params = Mapping[str, object]

SOUND_PATH = re.compile(r"(/(?!\.{1,2}(/|$))[A-Za-z0-9._~-]+)+")
"""Paths hold ids and codes that people's browsers sent: none of them may lead to another route or query."""


@dataclass(frozen=True, slots=True)
class Download:
    """A file that a service gave."""

    body: bytes
    media_type: str
    disposition: str


@dataclass(frozen=True, slots=True)
class Upload:
    """A file to send as multipart; `field` is the form field's name."""

    field: str
    filename: str
    media_type: str
    body: bytes


class ServiceClient:
    """Calls with an access token; UpstreamProblem for every answer from 400 on, and for a limit that the
    gateway sets.

    `path` is the service's own ("/parent/families/…"), without query.
    """

    def __init__(self, upstream: Upstream, limits: Limits, gateway_key: str) -> None:
        self._upstream = upstream
        self._limits = limits
        self._gateway_key = gateway_key

    async def call(
        self,
        method: str,
        service: str,
        path: str,
        token: str | None = None,
        *,
        params: Params | None = None,
        json: bytes | None = None,
        idempotency_key: str | None = None,
        seen: int | None = None,
    ) -> bytes:
        """The body of the answer. `idempotency_key`: for each POST that costs money or places.

        `seen`: the version of the record that was seen; 409 when another one stands.
        """
        headers: dict[str, str] = {}
        if json is not None:
            headers["Content-Type"] = "application/json"
        if idempotency_key is not None:
            headers["Idempotency-Key"] = idempotency_key
        if seen is not None:
            headers["If-Match"] = f'"{seen}"'
        _, content = await self._exchange(
            method, service, path, token, params=params, headers=headers, data=json
        )
        return content

    async def upload(
        self, service: str, path: str, token: str | None, file: Upload, fields: Mapping[str, str]
    ) -> bytes:
        """POST a multipart form with one file."""
        form = aiohttp.FormData()
        for name, value in fields.items():
            form.add_field(name, value)
        form.add_field(file.field, file.body, filename=file.filename, content_type=file.media_type)
        body = form()
        # The connection names no content type by itself: the proxy passes on the client's.
        headers = {"Content-Type": body.content_type}
        _, content = await self._exchange("POST", service, path, token, headers=headers, data=body)
        return content

    async def download(
        self, service: str, path: str, token: str | None = None, *, params: Params | None = None
    ) -> Download:
        """GET a file whole."""
        headers, body = await self._exchange("GET", service, path, token, params=params)
        return Download(
            body,
            headers.get("content-type", "application/octet-stream"),
            headers.get("content-disposition", "attachment"),
        )

    async def events(self, service: str, path: str, token: str | None = None) -> AsyncGenerator[bytes]:
        """The data of server-sent events, until the service ends them or is cut off."""
        async with self._asked("GET", service, path, token) as answer:
            if answer.status >= 400:
                raise problem_of(answer.status, answer.headers, await answer.read())
            async for line in answer.content:
                if line.startswith(b"data:"):
                    yield line.removeprefix(b"data:").strip()

    async def _exchange(
        self,
        method: str,
        service: str,
        path: str,
        token: str | None,
        *,
        params: Params | None = None,
        headers: Mapping[str, str] | None = None,
        data: bytes | aiohttp.Payload | None = None,
    ) -> tuple[Mapping[str, str], bytes]:
        asked = self._asked(method, service, path, token, params=params, headers=headers, data=data)
        async with asked as answer:
            content = await answer.read()
        if answer.status >= 400:
            raise problem_of(answer.status, answer.headers, content)
        return answer.headers, content

    @asynccontextmanager
    async def _asked(
        self,
        method: str,
        service: str,
        path: str,
        token: str | None,
        *,
        params: Params | None = None,
        headers: Mapping[str, str] | None = None,
        data: bytes | aiohttp.Payload | None = None,
    ) -> AsyncGenerator[aiohttp.ClientResponse]:
        """An answer whose body is read inside; UpstreamProblem when the service cannot answer or hangs up."""
        address = asking_address.get()
        try:
            self._limits.count_guess(address, method, service, path)
        except TooManyRequests as limit:
            raise UpstreamProblem(limit.status, limit.document(), limit.retry_after) from limit
        sent = {
            "x-correlation-id": correlation_id.get() or new_correlation_id(),
            "traceparent": new_traceparent(traceparent.get().encode("ascii")),
            **signed(self._gateway_key, address),
        }
        if token is not None:
            sent["Authorization"] = f"Bearer {token}"
        sent.update(headers or {})
        query = [(name, str(value)) for name, each in (params or {}).items() for value in _values(each)]
        if not SOUND_PATH.fullmatch(path):
            raise UpstreamProblem(404, {})
        url = self._upstream.roots[service] + path
        try:
            async with self._upstream.session.request(
                method, url, params=query, headers=sent, data=data, allow_redirects=False
            ) as answer:
                yield answer
        except TimeoutError as error:
            raise UpstreamProblem(504, UNREACHABLE) from error
        except aiohttp.ClientConnectorError as error:
            raise UpstreamProblem(503, UNREACHABLE, retry_after_seconds=2) from error
        except aiohttp.ClientError as error:
            raise UpstreamProblem(502, UNREACHABLE) from error


def _values(value: object) -> Sequence[object]:
    """A parameter's values: those of a list stand each under its name."""
    return cast("Sequence[object]", value) if isinstance(value, list | tuple) else [value]


def problem_of(status: int, headers: Mapping[str, str], body: bytes) -> UpstreamProblem:
    """The problem in a service's answer, an empty one when the body tells none."""
    try:
        content: Any = jsonlib.loads(body)
    except ValueError:
        content = None
    retry_after = headers.get("retry-after", "")
    return UpstreamProblem(
        status,
        cast("dict[str, Any]", content) if isinstance(content, dict) else {},
        int(retry_after) if retry_after.isdigit() else None,
    )
