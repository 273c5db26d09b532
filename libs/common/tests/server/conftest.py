"""A server with small bounds before an application that tests can look into."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any

import pytest

from preau.common.server.limits import ServerLimits
from preau.common.server.serving import InProcessServer

BIG_ANSWER_BYTES = 64 * 1024 * 1024
SMALL = {"head_seconds": 0.5, "stall_seconds": 0.7, "least_bytes_per_second": 1000}


class Application:
    """Plain ASGI: echoes, waits, takes and gives large bodies, and notes which clients left."""

    def __init__(self) -> None:
        self.url = ""
        self.seen: list[str] = []
        self.departures = 0
        self.may_go_on = asyncio.Event()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await lifespan(receive, send)
            return
        path = scope["path"]
        self.seen.append(f"{scope['method']} {path}")
        if path in ("/late", "/late-body"):
            await self.may_go_on.wait()
        if path == "/unwanted":
            await answer(send, 413, b"")
            return
        size = await self._read(receive)
        if path == "/big":
            await self._big(send)
            return
        headers = {name.decode(): value.decode("latin-1") for name, value in scope["headers"]}
        await answer(send, 200, json.dumps({"size": size, "headers": headers}).encode())

    async def _read(self, receive: Any) -> int:
        size, more = 0, True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                self.departures += 1
                return size
            size += len(message["body"])
            more = message["more_body"]
        return size

    async def _big(self, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        piece = b"x" * 65536
        for _ in range(BIG_ANSWER_BYTES // len(piece)):
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b""})
        self.departures += 1


async def lifespan(receive: Any, send: Any) -> None:
    await receive()
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await send({"type": "lifespan.shutdown.complete"})


async def answer(send: Any, status: int, body: bytes) -> None:
    length = str(len(body)).encode()
    await send({"type": "http.response.start", "status": status, "headers": [(b"content-length", length)]})
    await send({"type": "http.response.body", "body": body})


Serve = Callable[..., Awaitable[Application]]


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    """Starts the application with the limits given, small times else."""
    async with AsyncExitStack() as stack:

        async def run(**limits: Any) -> Application:
            application = Application()
            server = InProcessServer(application, grace_seconds=1, limits=ServerLimits(**{**SMALL, **limits}))
            await server.start()
            stack.push_async_callback(server.stop)
            application.url = server.url
            return application

        yield run
