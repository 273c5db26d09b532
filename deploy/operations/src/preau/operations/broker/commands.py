"""``preau broker set-up`` and ``preau broker watch``."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated

import typer
from pydantic import ValidationError
from rich.console import Console

from preau.common.logging import configure_logging, logger
from preau.common.messaging.connect import broker_from_url
from preau.operations.broker.settings import BrokerSettings
from preau.operations.options import port, seconds
from preau.operations.reaching import connected_broker, reaching, serving

commands = typer.Typer(no_args_is_help=True, help="The broker: users, rights, exchanges, queues, bindings.")
console = Console(highlight=False, soft_wrap=True)
log = logger(__name__)


@commands.command("set-up")
def set_up_command(
    patience: Annotated[float, seconds("Seconds that the broker may take to start.")] = 60,
) -> None:
    """Make all that the services need, with no right more than they need; again, it changes what differs."""
    from preau.operations.broker.changes import CannotChange
    from preau.operations.broker.management import Management
    from preau.operations.broker.set_up import set_up

    settings = _settings()

    async def main() -> None:
        async with Management(settings.broker_admin_url) as management:
            changes = await set_up(management, settings.passwords(), patience_seconds=patience)
        for change in changes:
            console.print(change.says, markup=False)
        console.print(f"{len(changes)} change(s)" if changes else "Everything is as it must be.")

    try:
        asyncio.run(main())
    except CannotChange as error:
        console.print(f"✗ {error}", markup=False)
        raise typer.Exit(1) from error


@commands.command("watch")
def watch_command(
    every: Annotated[float, seconds("Seconds between two looks.", least=0.1)] = 60,
    metrics_port: Annotated[int, port("Serve /metrics there; 0: nowhere.", least=0)] = 0,
    database_url: Annotated[
        str,
        typer.Option(
            help="As for `preau audit`: with it and --broker-url, what a queue missed is sent to it.",
            envvar="PREAU_AUDIT_DATABASE_URL",
        ),
    ] = "",
    broker_url: Annotated[
        str, typer.Option(help="amqp://… of preau_operations.", envvar="PREAU_BROKER_URL")
    ] = "",
) -> None:
    """Look each minute, make again what is missing, tell it; ends at Ctrl-C or SIGTERM."""
    from preau.operations.broker.management import Management
    from preau.operations.broker.watch import Metrics, watch

    settings = _settings()
    configure_logging("INFO", "json" if settings.environment == "production" else "console")
    metrics = Metrics()
    if metrics_port:
        with serving(metrics_port):
            metrics.serve(metrics_port)
    resend = _resend(database_url, broker_url) if database_url and broker_url else None

    async def main() -> None:
        async with Management(settings.broker_admin_url) as management:
            await watch(management, settings.passwords(), metrics, every_seconds=every, resend=resend)

    asyncio.run(main())


def _resend(database_url: str, broker_url: str) -> Callable[[str, datetime], Awaitable[None]]:
    from preau.operations.replay import queue_named, replay
    from preau.operations.services import urls_by_service

    with reaching("the broker", broker_url):
        broker_from_url(broker_url, name="preau-watch")  # what is no address is told now, not in a bad hour
    urls = urls_by_service(database_url)

    async def resend(queue: str, since: datetime) -> None:
        async with connected_broker(broker_url, name="preau-watch") as broker:
            sent = await replay(urls, broker, queue_named(queue), since)
        log.warning("sent again what was missed", queue=queue, since=since.isoformat(), count=sent)

    return resend


def _settings() -> BrokerSettings:
    try:
        return BrokerSettings()  # pyright: ignore[reportCallIssue]  # from the environment
    except ValidationError as error:
        typer.echo(f"preau broker does not start: {error}", err=True)
        raise typer.Exit(2) from error
