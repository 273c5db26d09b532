"""A running gateway before real HTTP services that the tests can look into."""

import asyncio
import base64
import json
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx2
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route
from uuid_utils import uuid7

from preau.common.server.limits import ServerLimits
from preau.common.server.serving import InProcessServer
from preau.gateway.app import Gateway, create_app
from preau.gateway.settings import GatewaySettings
from preau.testing.clients import client_of

GATEWAY_KEY = "gateway-under-test-as-long-as-a-real-key"


@asynccontextmanager
async def serving(app: Any, port: int = 0, limits: ServerLimits | None = None) -> AsyncIterator[str]:
    """`app` on a real loopback port."""
    server = InProcessServer(app, port=port, grace_seconds=1, limits=limits)
    await server.start()
    try:
        yield server.url
    finally:
        await server.stop()


def token_for(account: str, session_id: str, **claims: Any) -> str:
    """Shaped like identity's access tokens; the gateway verifies no signature, services do."""
    payload = json.dumps({"sub": account, "sid": session_id, **claims}).encode()
    return f"e30.{base64.urlsafe_b64encode(payload).rstrip(b'=').decode()}.c2ln"


@dataclass
class Service:
    """A small service: notes what it is asked, misbehaves when told to; it is a small identity too."""

    seen: list[dict[str, Any]] = field(default_factory=list)
    ended: set[str] = field(default_factory=set)
    refreshes: int = 0
    checks: int = 0
    status_fails: bool = False
    tokens: dict[str, tuple[str, str]] = field(default_factory=dict)
    departures: asyncio.Event = field(default_factory=asyncio.Event)
    chunks: "asyncio.Queue[bytes | None]" = field(default_factory=asyncio.Queue)
    received: "asyncio.Queue[bytes]" = field(default_factory=asyncio.Queue)

    def app(self) -> Starlette:
        methods = ["GET", "POST", "PUT", "PATCH", "DELETE"]
        return Starlette(
            routes=[
                Route("/public/sessions", self.sign_in, methods=["POST"]),
                Route("/public/sessions/refresh", self.refresh, methods=["POST"]),
                Route("/public/sessions/{sid}/status", self.status),
                Route("/public/communes", self.communes),
                Route("/parent/slow", self.slow),
                Route("/parent/stream", self.stream),
                Route("/parent/upload", self.upload, methods=["POST"]),
                Route("/{rest:path}", self.echo, methods=methods),
            ]
        )

    def issue(self, account: str, session_id: str, subject: str) -> JSONResponse:
        refresh_token = secrets.token_urlsafe(24)
        self.tokens[refresh_token] = (account, session_id)
        return JSONResponse(
            {
                "access_token": token_for(account, session_id),
                "expires_in": 300,
                "refresh_token": refresh_token,
                "session_id": session_id,
                "subject": subject,
                "display_name": "Claire Martin",
            },
            201,
        )

    async def sign_in(self, request: Request) -> Response:
        body = await request.json()
        if body["password"] != "right":
            return JSONResponse({"type": "x/bad-credentials", "detail": "Non."}, 401)
        return self.issue(str(uuid7()), str(uuid7()), body["subject"])

    async def refresh(self, request: Request) -> Response:
        self.refreshes += 1
        await asyncio.sleep(0.02)
        known = self.tokens.get((await request.json())["refresh_token"])
        if known is None or known[1] in self.ended:
            return JSONResponse({"type": "x/session-ended"}, 401)
        return self.issue(*known, "parent")

    async def status(self, request: Request) -> Response:
        self.checks += 1
        if self.status_fails:
            return Response(status_code=500)
        return JSONResponse({"active": request.path_params["sid"] not in self.ended})

    async def communes(self, request: Request) -> Response:
        return JSONResponse({"items": []})

    async def echo(self, request: Request) -> Response:
        body = await request.body()
        self.seen.append(
            {
                "method": request.method,
                "path": request.scope["raw_path"].decode(),
                "query": request.url.query,
                "headers": dict(request.headers),
                "body": body,
            }
        )
        return JSONResponse(
            {"path": request.url.path},
            headers={"set-cookie": "service=1", "server": "secret/1.0", "x-frame-options": "ALLOWALL"},
        )

    async def slow(self, request: Request) -> Response:
        try:
            while not await request.is_disconnected():  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        finally:
            self.departures.set()
        return Response()

    async def stream(self, request: Request) -> Response:
        async def body() -> AsyncIterator[bytes]:
            try:
                while (chunk := await self.chunks.get()) is not None:
                    if chunk == b"!":
                        raise RuntimeError("the service breaks in the middle")
                    yield chunk
            finally:
                self.departures.set()

        return StreamingResponse(body(), media_type="text/plain")

    async def upload(self, request: Request) -> Response:
        size = 0
        try:
            async for chunk in request.stream():
                size += len(chunk)
                self.received.put_nowait(chunk)
        finally:
            self.departures.set()
        return JSONResponse({"size": size})


@dataclass
class Running:
    """The gateway under test, the service behind it, and a client before it."""

    app: Gateway
    url: str
    client: httpx2.AsyncClient
    service: Service
    sessions: list[str] = field(default_factory=list)
    gateway_key: str = GATEWAY_KEY

    def let_pass(self, seconds: float) -> None:
        """What the gateway knows of sessions is so much older."""
        for known in self.app.pages.state.pages.sessions.status._known.values():
            known.asked_at -= seconds

    def bearer(self, **claims: Any) -> dict[str, str]:
        session_id = str(uuid7())
        self.sessions.append(session_id)
        return {"Authorization": f"Bearer {token_for(str(uuid7()), session_id, **claims)}"}

    def cookie(self, **more: str) -> dict[str, str]:
        """A signed-in parent's Cookie header."""
        account, session_id = str(uuid7()), str(uuid7())
        self.sessions.append(session_id)
        token = secrets.token_urlsafe(24)
        self.service.tokens[token] = (account, session_id)
        jar = {"__Host-preau_session": token, **more}
        return {"Cookie": "; ".join(f"{name}={value}" for name, value in jar.items())}


@pytest.fixture
async def serving_app() -> AsyncIterator[Callable[[Any], Awaitable[str]]]:
    """Serves applications on real loopback ports; stopped after the test."""
    async with AsyncExitStack() as stack:

        async def serve(app: Any) -> str:
            return await stack.enter_async_context(serving(app))

        yield serve


Start = Callable[..., Awaitable[Running]]


@pytest.fixture
async def start() -> AsyncIterator[Start]:
    """Starts gateways with the settings given; stopped after the test."""
    async with AsyncExitStack() as stack:

        async def run(**settings: Any) -> Running:
            service = Service()
            root = await stack.enter_async_context(serving(service.app()))
            urls = {
                f"{name}_url": root
                for name in ("identity", "reservations", "billing", "payments", "requests")
            }
            used = GatewaySettings(
                **{
                    "environment": "development",
                    "public_url": "https://portail.example",
                    "gateway_key": GATEWAY_KEY,
                    **urls,
                    **settings,
                }
            )
            app = create_app(used)
            url = await stack.enter_async_context(serving(app, limits=used))
            client = await stack.enter_async_context(client_of(url, timeout=10))
            return Running(app, url, client, service)

        yield run


@pytest.fixture
async def running(start: Start) -> Running:
    """A gateway with the usual settings."""
    return await start()
