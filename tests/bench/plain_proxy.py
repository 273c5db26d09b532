"""The smallest proxy that does its work: an ASGI application over one aiohttp session."""

import os
from typing import Any

import aiohttp

HOP_BY_HOP = {b"connection", b"keep-alive", b"transfer-encoding", b"te", b"trailer", b"upgrade"}
UPSTREAM = os.environ.get("PLAIN_PROXY_UPSTREAM", "")
PREFIX = "/api/public/identity"

_session: aiohttp.ClientSession | None = None


async def app(scope: Any, receive: Any, send: Any) -> None:
    """Pass a request without a body to the upstream, and its answer back."""
    global _session
    if scope["type"] == "lifespan":
        while True:
            message = await receive()
            await send({"type": f"{message['type']}.complete"})
            if message["type"] == "lifespan.shutdown":
                return
    if scope["path"] == "/healthz":
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"0")]})
        await send({"type": "http.response.body", "body": b""})
        return
    if _session is None:
        _session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0),
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
        )
    headers = {
        name.decode("latin-1"): value.decode("latin-1")
        for name, value in scope["headers"]
        if name not in HOP_BY_HOP and name != b"host"
    }
    url = UPSTREAM + scope["path"].removeprefix(PREFIX)
    async with _session.request(scope["method"], url, headers=headers, allow_redirects=False) as answer:
        passed = [pair for pair in answer.raw_headers if pair[0].lower() not in HOP_BY_HOP]
        body = await answer.read()
    await send({"type": "http.response.start", "status": answer.status, "headers": passed})
    await send({"type": "http.response.body", "body": body})
