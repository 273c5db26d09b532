"""The command of a service image: ``python -m preau.<service> serve | worker | migrate | demo-data``."""

import asyncio
import os
import signal
import sys
from collections.abc import Callable, Coroutine, Mapping
from typing import Annotated, Any

import typer
from fastapi import FastAPI
from pydantic import ValidationError

from preau.common.db.database import Database
from preau.common.db.migrations import RolesMissing, migrate
from preau.common.logging import configure_logging
from preau.common.server.serving import serve
from preau.common.settings import MigrationSettings
from preau.common.telemetry import TelemetryNotInstalled, record_spans


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

    def settings(wanted: type[Any] = settings_class) -> Any:
        try:
            loaded = wanted()
        except ValidationError as error:
            typer.echo(f"{service} does not start: {error}", err=True)
            raise typer.Exit(2) from error
        configure_logging(loaded.log_level, loaded.log_format)
        return loaded

    @cli.command("serve", help="Routes, consumers and relay.")
    def serve_command() -> None:
        loaded = settings()
        _record_spans(service)
        serve(create_app(loaded), loaded)

    for name, create_role in (roles or {}).items():

        def role_command(name: str = name, create_role: Callable[[Any], FastAPI] = create_role) -> None:
            loaded = settings()
            _record_spans(f"{service}-{name}")
            serve(create_role(loaded), loaded)

        cli.command(name)(_without_parameters(role_command))

    @cli.command("migrate", help="Bring the database to the newest version.")
    def migrate_command(
        with_demo_data: Annotated[
            bool, typer.Option(help="And, in development, fill the demonstration.")
        ] = False,
    ) -> None:
        owner = settings(MigrationSettings)
        try:
            asyncio.run(migrate(service, owner.owner_database_url))
        except RolesMissing as error:
            typer.echo(f"{service} is not migrated: {error}", err=True)
            raise typer.Exit(2) from error
        if with_demo_data and seed is not None and owner.in_development:
            loaded = settings()
            asyncio.run(fill(seed, loaded.database_url, loaded.system_database_url))

    if seed is not None:

        @cli.command("demo-data", help="Fill the demonstration; development only.")
        def demo_command() -> None:
            loaded = settings()
            if not loaded.in_development:
                typer.echo("demo-data is for development only (PREAU_ENVIRONMENT=development)", err=True)
                raise typer.Exit(2)
            asyncio.run(fill(seed, loaded.database_url, loaded.system_database_url))

    if extend is not None:
        extend(cli, settings)

    _as_first_process()
    cli()


async def fill(seed: Callable[[Database], Coroutine[Any, Any, None]], url: str, system_url: str) -> None:
    """Let ``seed`` put the demonstration into a service's database; again it changes nothing."""
    database = Database(url, system_url=system_url, application_name="preau-demo-data")
    try:
        await seed(database)
    finally:
        await database.close()


def _record_spans(name: str) -> None:
    try:
        record_spans(f"preau-{name}")
    except TelemetryNotInstalled as error:
        typer.echo(f"{name} does not start: {error}", err=True)
        raise typer.Exit(2) from error


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
