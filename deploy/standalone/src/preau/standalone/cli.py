"""The command ``preau``."""

import asyncio
import signal
import socket
import time
from pathlib import Path
from typing import Annotated

import typer
import uvloop
from rich.console import Console
from rich.table import Table

from preau.common.embedded.process import EmbeddedServerFailed
from preau.common.logging import configure_logging

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Préau, le portail famille, en un processus.",
)
console = Console(highlight=False)

Folder = Annotated[Path, typer.Option("--data", help="Where the data lie.", envvar="PREAU_DATA")]
DEFAULT_FOLDER = Path("var/standalone")


@app.command()
def run(
    data: Folder = DEFAULT_FOLDER,
    port: Annotated[int, typer.Option(help="Port of the gateway.", envvar="PREAU_PORT")] = 8000,
    host: Annotated[str, typer.Option(help="Address to listen on.", envvar="PREAU_HOST")] = "127.0.0.1",
    log_level: Annotated[str, typer.Option(envvar="PREAU_LOG_LEVEL")] = "WARNING",
) -> None:
    """Run everything with the demonstration until Ctrl-C; the data stay."""
    from preau.standalone.system import Layout, postgres_server, running_system

    configure_logging(log_level, "console")
    started = time.monotonic()
    _refuse_taken_port(host, port)
    layout = Layout(data, host=host, port=port, log_level=log_level)
    server = postgres_server(layout)
    try:
        server.start()
    except EmbeddedServerFailed as error:
        console.print(f"[red]PostgreSQL : {error}[/red]")
        raise typer.Exit(1) from error

    async def main() -> None:
        stop = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)

        async with running_system(layout, server) as url:
            _welcome(url, time.monotonic() - started)
            await stop.wait()
        console.print("Arrêt en ordre ; les données restent dans", str(data))

    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(main())
    finally:
        server.stop()


def _refuse_taken_port(host: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            console.print(f"[red]Le port {port} est déjà pris : preau run --port AUTRE[/red]")
            raise typer.Exit(1) from error


def _welcome(url: str, seconds: float) -> None:
    from preau.identity.demo import DEMO_PASSWORD
    from preau.identity.demo.people import AGENTS, PARENTS

    console.print(f"\n[bold]Préau répond[/bold] (démarré en {seconds:.1f} s)\n")
    table = Table(box=None, pad_edge=False, show_header=False)
    for label, path in (
        ("Familles", "/"),
        ("Agents", "/agent"),
        ("Courriels de la démonstration", "/boite-d-essai"),
        ("Documentation de l’API", "/api/openapi.json"),
    ):
        table.add_row(label, f"{url}{path}")
    console.print(table)
    accounts = Table(box=None, pad_edge=False, show_header=False)
    for parent in PARENTS[:2]:
        accounts.add_row(parent.email, "parent")
    for agent in AGENTS:
        accounts.add_row(agent["email"], "agent : " + ", ".join(agent["roles"]))
    console.print(f"\nComptes de démonstration, mot de passe [bold]{DEMO_PASSWORD}[/bold] :")
    console.print(accounts)
    console.print("\nCtrl-C pour arrêter.\n")


@app.command("demo-data")
def demo_data(data: Folder = DEFAULT_FOLDER) -> None:
    """Make the databases and fill the demonstration, without running anything."""
    from preau.standalone.system import Layout, fill_demonstration, postgres_server, prepare

    configure_logging("WARNING", "console")
    layout = Layout(data)
    with postgres_server(layout) as server:

        async def main() -> bool:
            return await fill_demonstration(layout, await prepare(layout, server))

        filled = asyncio.run(main())
    console.print("Démonstration en place." if filled else "La démonstration était déjà en place.")


@app.command()
def tour(
    url: Annotated[str, typer.Option(help="The gateway's address.")] = "http://localhost:8000",
) -> None:
    """Drive the main job over HTTP as parents and agents would; ends at the first thing that is not so."""
    from preau.standalone.tour.itinerary import travel

    raise typer.Exit(0 if travel(url, console) else 1)


@app.command()
def queues(
    broker_url: Annotated[
        str, typer.Option(help="amqp://… or local:postgresql://…", envvar="PREAU_BROKER_URL")
    ],
    parked: Annotated[str, typer.Option(help="Show the parked messages of this queue.")] = "",
    replay: Annotated[str, typer.Option(help="Put the parked messages of this queue back.")] = "",
) -> None:
    """Look at the queues; look at or replay what is parked."""
    from preau.standalone.queues import show_queues

    configure_logging("WARNING", "console")
    asyncio.run(show_queues(console, broker_url, parked=parked, replay=replay))


@app.command()
def audit(
    database_url: Annotated[
        str,
        typer.Option(
            help="Of each service, {service} for its name: postgresql://preau_{service}:…@host/preau_{service}",
            envvar="PREAU_AUDIT_DATABASE_URL",
        ),
    ],
    broker_url: Annotated[
        str, typer.Option(help="amqp://…: look for parked messages too.", envvar="PREAU_BROKER_URL")
    ] = "",
    days: Annotated[int, typer.Option(help="How far back events are followed to their readers.")] = 2,
    patience: Annotated[float, typer.Option(help="Seconds that what is on its way may take.")] = 60,
) -> None:
    """Check what must hold in and between the services; status 1 when something does not."""
    from preau.standalone.audit.auditor import SERVICES
    from preau.standalone.audit.auditor import audit as audit_all

    configure_logging("WARNING", "console")
    urls = {service: database_url.replace("{service}", service) for service in SERVICES}
    findings = asyncio.run(audit_all(urls, broker_url, days=days, patience_seconds=patience))
    for finding in findings:
        console.print(f"[red]✗[/red] {finding.service}: {finding.rule}")
        console.print(f"    {finding.what}", markup=False)
    console.print(f"{len(findings)} finding(s)" if findings else "Everything holds.")
    raise typer.Exit(1 if findings else 0)


@app.command()
def docs(folder: Annotated[Path, typer.Option(help="Where to write.")] = Path("docs")) -> None:
    """Write docs/events.md and docs/asyncapi.json from the contracts."""
    from preau.standalone.docs import write_docs

    for path in write_docs(folder):
        console.print(f"{path}")


if __name__ == "__main__":
    app()
