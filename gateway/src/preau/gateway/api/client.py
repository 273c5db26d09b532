"""The server-rendered front's client: the same APIs as everyone, over the proxy's session."""

import json as jsonlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

import aiohttp

from preau.common.context import correlation_id, traceparent
from preau.common.errors import PROBLEM_BASE, TooManyRequests
from preau.common.http.client_address import signed
from preau.gateway.api.problems import UpstreamProblem
from preau.gateway.api.upstream import Upstream
from preau.gateway.security.address import asking_address
from preau.gateway.security.limits import Limits
from preau.gateway.tracing import new_correlation_id, new_traceparent

Params = Mapping[str, Any]

SOUND_PATH = re.compile(r"(/(?!\.{1,2}(/|$))[A-Za-z0-9._~-]+)+")
"""Paths hold ids and codes that people's browsers sent: none of them may lead to another route or query."""

UNREACHABLE = {
    "type": PROBLEM_BASE + "unavailable",
    "title": "Service indisponible",
    "detail": "Le service ne répond pas pour le moment. Réessayez dans un instant.",
}


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
    """Calls with an access token. JSON in, JSON out; UpstreamProblem for every answer from 400 on,
    and for a limit that the gateway sets.

    `path` is the service's own ("/parent/families/…"), without query; `params` of None are left out.
    """

    def __init__(self, upstream: Upstream, limits: Limits, gateway_key: str) -> None:
        self._upstream = upstream
        self._limits = limits
        self._gateway_key = gateway_key

    async def get(
        self, service: str, path: str, token: str | None = None, *, params: Params | None = None
    ) -> Any:
        return await self._call("GET", service, path, token, params=params)

    async def post(
        self,
        service: str,
        path: str,
        token: str | None = None,
        *,
        json: Any = None,
        params: Params | None = None,
        idempotency_key: str | None = None,
    ) -> Any:
        """`idempotency_key`: for each POST that costs money or places; one for each form shown."""
        return await self._call(
            "POST", service, path, token, json=json, params=params, idempotency_key=idempotency_key
        )

    async def patch(self, service: str, path: str, token: str | None = None, *, json: Any = None) -> Any:
        return await self._call("PATCH", service, path, token, json=json)

    async def put(self, service: str, path: str, token: str | None = None, *, json: Any = None) -> Any:
        return await self._call("PUT", service, path, token, json=json)

    async def delete(
        self, service: str, path: str, token: str | None = None, *, params: Params | None = None
    ) -> Any:
        return await self._call("DELETE", service, path, token, params=params)

    async def upload(
        self,
        service: str,
        path: str,
        token: str | None,
        files: list[Upload],
        fields: Mapping[str, str] | None = None,
    ) -> Any:
        """POST a multipart form."""
        form = aiohttp.FormData()
        for name, value in (fields or {}).items():
            form.add_field(name, value)
        for file in files:
            form.add_field(file.field, file.body, filename=file.filename, content_type=file.media_type)
        return await self._call("POST", service, path, token, data=form)

    async def download(
        self, service: str, path: str, token: str | None = None, *, params: Params | None = None
    ) -> Download:
        """GET a file whole."""
        status, headers, body = await self._exchange("GET", service, path, token, params=params)
        if status >= 400:
            raise problem_of(status, headers, body)
        return Download(
            body,
            headers.get("content-type", "application/octet-stream"),
            headers.get("content-disposition", "attachment"),
        )

    async def _call(
        self,
        method: str,
        service: str,
        path: str,
        token: str | None,
        *,
        json: Any = None,
        params: Params | None = None,
        data: aiohttp.FormData | None = None,
        idempotency_key: str | None = None,
    ) -> Any:
        body: bytes | aiohttp.Payload | None = None
        headers: dict[str, str] = {}
        if data is not None:  # the session names no content type by itself: the proxy passes on the client's
            body = data()
            headers["Content-Type"] = body.content_type
        if json is not None:
            body = jsonlib.dumps(json).encode()
            headers["Content-Type"] = "application/json"
        if idempotency_key is not None:
            headers["Idempotency-Key"] = idempotency_key
        status, answered, content = await self._exchange(
            method, service, path, token, params=params, headers=headers, data=body
        )
        if status >= 400:
            raise problem_of(status, answered, content)
        return jsonlib.loads(content) if content else None

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
    ) -> tuple[int, Mapping[str, str], bytes]:
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
        query = [(name, _text(value)) for name, value in (params or {}).items() if value is not None]
        if not SOUND_PATH.fullmatch(path):
            raise UpstreamProblem(404, {})
        url = self._upstream.roots[service] + path
        try:
            async with self._upstream.session.request(
                method, url, params=query, headers=sent, data=data, allow_redirects=False
            ) as answer:
                return answer.status, answer.headers, await answer.read()
        except TimeoutError as error:
            raise UpstreamProblem(504, UNREACHABLE) from error
        except aiohttp.ClientConnectorError as error:
            raise UpstreamProblem(503, UNREACHABLE, retry_after_seconds=2) from error
        except aiohttp.ClientError as error:
            raise UpstreamProblem(502, UNREACHABLE) from error


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


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
