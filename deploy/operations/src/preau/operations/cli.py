"""The command ``preau``: what operators do, and what other parts add to it."""

import asyncio
from importlib.metadata import entry_points
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from preau.common.logging import configure_logging

ADDED = "preau.commands"
"""The group of entry points by which an installed part adds its commands; each is a ``typer.Typer``."""

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Préau, le portail famille.",
)
console = Console(highlight=False)


def main() -> None:
    """Run the command with what the installed parts add to it."""
    for part in entry_points(group=ADDED):
        app.add_typer(part.load())
    app(prog_name="preau")


@app.command()
def tour(
    url: Annotated[str, typer.Option(help="The gateway's address.")] = "http://localhost:8000",
) -> None:
    """Drive the main job over HTTP as parents and agents would; ends at the first thing that is not so."""
    from preau.operations.tour.itinerary import travel

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
    from preau.operations.queues import show_queues

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
    from preau.operations.audit.auditor import SERVICES
    from preau.operations.audit.auditor import audit as audit_all

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
    from preau.operations.docs import write_docs

    for path in write_docs(folder):
        console.print(f"{path}")
