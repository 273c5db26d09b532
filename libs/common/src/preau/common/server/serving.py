"""Serving an application: until a signal, or inside a running event loop beside others."""

import asyncio
import contextlib
import resource
import socket
import sys
from collections.abc import Generator
from typing import Any

import uvicorn
from uvicorn.server import ServerState

from preau.common.garbage import spare_what_is_loaded
from preau.common.server.connections import Connections
from preau.common.server.limits import ListeningSettings, ServerLimits
from preau.common.server.protocol import BoundedProtocol
from preau.common.telemetry import end_recording

TICKS_BETWEEN_LOOKS = 5
"""uvicorn ticks ten times a second."""
UNSENT_BYTES = 128 * 1024
"""What the system keeps until a client takes it. With the usual megabytes a slow client and one that takes
nothing look the same for minutes."""
LATE_SECONDS = 1.0
"""A look that comes later than this found the process busy: clients are not made to pay for it."""


class BoundedConfig(uvicorn.Config):
    """How every HTTP server of the project runs."""

    def __init__(
        self, app: Any, limits: ServerLimits, *, host: str, port: int, grace_seconds: int = 25
    ) -> None:
        super().__init__(
            app,
            host=host,
            port=port,
            http=BoundedProtocol,
            ws="none",
            log_config=None,
            access_log=False,
            server_header=False,
            date_header=True,
            proxy_headers=False,
            timeout_graceful_shutdown=grace_seconds,
            backlog=2048,
            lifespan="on",
        )
        self.limits = limits


class BoundedState(ServerState):
    """What the connections of one server share."""

    def __init__(self, limits: ServerLimits) -> None:
        super().__init__()
        self.admitted = Connections(limits)


class BoundedServer(uvicorn.Server):
    """Looks at its connections twice a second, so that no request needs a timer of its own."""

    def __init__(self, config: BoundedConfig) -> None:
        super().__init__(config)
        self.server_state: BoundedState = BoundedState(config.limits)
        self._looked = 0.0

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        for listener in self.servers:
            for listening in listener.sockets:  # its connections inherit it
                listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, UNSENT_BYTES)

    async def on_tick(self, counter: int) -> bool:
        if counter % TICKS_BETWEEN_LOOKS == 0:
            self._look()
        return await super().on_tick(counter)

    def _look(self) -> None:
        now = asyncio.get_running_loop().time()
        elapsed = now - self._looked if self._looked else 0.0
        self._looked = now
        stalled = max(0.0, elapsed - LATE_SECONDS)
        for connection in list(self.server_state.connections):
            if isinstance(connection, BoundedProtocol):
                connection.enforce(now, elapsed=elapsed, stalled=stalled)


class GracefulServer(BoundedServer):
    """Says unready first, then lets requests in flight end, then closes."""

    def __init__(self, config: BoundedConfig, app: Any) -> None:
        super().__init__(config)
        self._service = app

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        spare_what_is_loaded()

    def handle_exit(self, sig: int, frame: Any) -> None:
        state = getattr(self._service, "state", None)
        if state is not None:
            state.ready = False
        super().handle_exit(sig, frame)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        await super().shutdown(sockets)
        await asyncio.to_thread(end_recording)  # the signal comes again after this, and ends the process


class InProcessServer:
    """A server inside a running event loop, beside others; the process keeps its own signal handlers."""

    def __init__(
        self,
        app: Any,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        grace_seconds: int = 5,
        limits: ServerLimits | None = None,
    ) -> None:
        self._server = _WithoutSignals(
            BoundedConfig(app, limits or ServerLimits(), host=host, port=port, grace_seconds=grace_seconds)
        )
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Return once the lifespan has begun and the port is open; raises ``RuntimeError`` if that fails."""
        self._task = asyncio.create_task(self._server.serve())
        while not self._server.started:
            if self._task.done():
                self._task.result()
                raise RuntimeError("the server did not start")
            await asyncio.sleep(0.005)

    @property
    def port(self) -> int:
        return self._server.servers[0].sockets[0].getsockname()[1]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def stop(self) -> None:
        self._server.should_exit = True
        if self._task is not None:
            await self._task


class _WithoutSignals(BoundedServer):
    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None]:
        yield


def serve(app: Any, settings: ListeningSettings) -> None:
    """Serve ``app`` until SIGTERM or SIGINT."""
    _allow_descriptors()
    config = BoundedConfig(
        app,
        settings,
        host=settings.host,
        port=settings.port,
        grace_seconds=settings.shutdown_grace_seconds,
    )
    server = GracefulServer(config, app)
    server.run()
    if not server.started:
        sys.exit(3)


def _allow_descriptors() -> None:
    """As many open files as the system lets us have: a connection is one, and shells often give 1,024."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
