"""The command of a service image: ``python -m preau.<service> serve | worker | migrate | demo-data``."""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Callable, Coroutine, Generator, Mapping
from typing import Annotated, Any, Protocol

import typer
import uvicorn
from fastapi import FastAPI
from pydantic import ValidationError

from preau.common.db.database import Database
from preau.common.db.migrations import migrate
from preau.common.logging import configure_logging


class GracefulServer(uvicorn.Server):
    """Says unready first, then lets requests in flight end, then closes."""

    def __init__(self, config: uvicorn.Config, app: Any) -> None:
        super().__init__(config)
        self._service = app

    def handle_exit(self, sig: int, frame: Any) -> None:
        state = getattr(self._service, "state", None)
        if state is not None:
            state.ready = False
        super().handle_exit(sig, frame)


def server_config(app: Any, *, host: str, port: int, grace_seconds: int = 25) -> uvicorn.Config:
    """How every HTTP server of the project runs."""
    return uvicorn.Config(
        app,
        host=host,
        port=port,
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=True,
        proxy_headers=False,
        timeout_graceful_shutdown=grace_seconds,
        timeout_keep_alive=75,
        backlog=2048,
        lifespan="on",
    )


class InProcessServer:
    """A server inside a running event loop, beside others; the process keeps its own signal handlers."""

    def __init__(self, app: Any, *, host: str = "127.0.0.1", port: int = 0, grace_seconds: int = 5) -> None:
        self._server = _WithoutSignals(server_config(app, host=host, port=port, grace_seconds=grace_seconds))
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


class _WithoutSignals(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None]:
        yield


class Listening(Protocol):
    """Where a server listens, and how long it may take to stop."""

    @property
    def host(self) -> str: ...
    @property
    def port(self) -> int: ...
    @property
    def shutdown_grace_seconds(self) -> int: ...


def serve(app: Any, settings: Listening) -> None:
    """Serve ``app`` until SIGTERM or SIGINT."""
    config = server_config(
        app, host=settings.host, port=settings.port, grace_seconds=settings.shutdown_grace_seconds
    )
    server = GracefulServer(config, app)
    server.run()
    if not server.started:
        sys.exit(3)


def service_main(
    service: str,
    settings_class: type[Any],
    create_app: Callable[[Any], FastAPI],
    *,
    roles: Mapping[str, Callable[[Any], FastAPI]] | None = None,
    seed: Callable[[Database], Coroutine[Any, Any, None]] | None = None,
    extend: Callable[[typer.Typer, Callable[[], Any]], None] | None = None,
) -> None:
    """Build and run the command line of one service.

    ``roles`` are other apps under the same settings (billing's ``worker``). ``seed`` fills the
    demonstration and is refused outside development. ``extend`` adds commands of the service's own; it
    gets what loads the settings.
    """
    cli = typer.Typer(
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        help=f"Préau · {service}",
    )

    def settings() -> Any:
        try:
            loaded = settings_class()
        except ValidationError as error:
            typer.echo(f"{service} does not start: {error}", err=True)
            raise typer.Exit(2) from error
        configure_logging(loaded.log_level, loaded.log_format)
        return loaded

    @cli.command("serve", help="Routes, consumers and relay.")
    def serve_command() -> None:
        loaded = settings()
        serve(create_app(loaded), loaded)

    for name, create_role in (roles or {}).items():

        def role_command(create_role: Callable[[Any], FastAPI] = create_role) -> None:
            loaded = settings()
            serve(create_role(loaded), loaded)

        cli.command(name)(_without_parameters(role_command))

    @cli.command("migrate", help="Bring the database to the newest version.")
    def migrate_command(
        with_demo_data: Annotated[
            bool, typer.Option(help="And, in development, fill the demonstration.")
        ] = False,
    ) -> None:
        loaded = settings()
        asyncio.run(migrate(service, loaded.owner_database_url or loaded.database_url))
        if with_demo_data and seed is not None and loaded.in_development:
            asyncio.run(fill(seed, loaded.database_url))

    if seed is not None:

        @cli.command("demo-data", help="Fill the demonstration; development only.")
        def demo_command() -> None:
            loaded = settings()
            if not loaded.in_development:
                typer.echo("demo-data is for development only (PREAU_ENVIRONMENT=development)", err=True)
                raise typer.Exit(2)
            asyncio.run(fill(seed, loaded.database_url))

    if extend is not None:
        extend(cli, settings)

    _as_first_process()
    cli()


async def fill(seed: Callable[[Database], Coroutine[Any, Any, None]], url: str) -> None:
    """Let ``seed`` put the demonstration into a service's database; again it changes nothing."""
    database = Database(url, application_name="preau-demo-data")
    try:
        await seed(database)
    finally:
        await database.close()


def _without_parameters(command: Callable[..., None]) -> Callable[[], None]:
    def run() -> None:
        command()

    return run


def _as_first_process() -> None:
    """As process 1 of a container the default for SIGTERM is to ignore it: end instead."""
    if os.getpid() == 1:

        def end(_signal: int, _frame: Any) -> None:
            sys.exit(143)

        signal.signal(signal.SIGTERM, end)
