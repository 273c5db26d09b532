"""The command ``preau``: what operators do, and what other parts add to it."""

import asyncio
from collections.abc import Coroutine
from datetime import datetime
from importlib.metadata import entry_points
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

import typer
from rich.console import Console

from preau.common.logging import configure_logging
from preau.operations.billing.commands import commands as billing_commands
from preau.operations.broker.commands import commands as broker_commands
from preau.operations.databases.commands import commands as databases_commands
from preau.operations.group import OperatorsGroup
from preau.operations.options import port, seconds
from preau.operations.reaching import BROKER_PATIENCE_SECONDS, serving
from preau.operations.services import urls_by_service

ADDED = "preau.commands"
"""The group of entry points by which an installed part adds its commands; each is a ``typer.Typer``."""

MOMENTS = [
    "%Y-%m-%dT%H:%M:%S.%f%z",
    "%Y-%m-%dT%H:%M:%S%z",
    "%Y-%m-%dT%H:%M%z",
    "%Y-%m-%dT%H:%M:%S",
    "%Y-%m-%dT%H:%M",
    "%Y-%m-%d",
]

app = typer.Typer(
    cls=OperatorsGroup,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Préau, the family portal: what operators do.",
)
console = Console(highlight=False)
app.add_typer(billing_commands, name="billing")
app.add_typer(broker_commands, name="broker")
app.add_typer(databases_commands, name="databases")


def main() -> None:
    """Run the command with what the installed parts add to it."""
    for part in entry_points(group=ADDED):
        app.add_typer(part.load())
    app(prog_name="preau")


def _web_address(url: str) -> str:
    try:
        parts = urlsplit(url)
        valid = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
    except ValueError:
        valid = False
    if not valid:
        raise typer.BadParameter("an address http://… or https://… is expected")
    return url


@app.command()
def tour(
    url: Annotated[
        str, typer.Option(help="The gateway's address.", callback=_web_address)
    ] = "http://localhost:8000",
    patience: Annotated[float, seconds("Seconds that the gateway may take to answer.")] = 10,
    beside_former: Annotated[
        bool, typer.Option("--beside-former", help="Leave out what a former version beside does not know.")
    ] = False,
) -> None:
    """Drive the main job over HTTP as parents and agents would; ends at the first thing that is not so."""
    from preau.operations.tour.itinerary import travel

    holds = travel(url, console, patience_seconds=patience, beside_former=beside_former)
    raise typer.Exit(0 if holds else 1)


@app.command()
def queues(
    broker_url: Annotated[
        str, typer.Option(help="amqp://… or local:postgresql://…", envvar="PREAU_BROKER_URL")
    ],
    parked: Annotated[str, typer.Option(metavar="QUEUE", help="Show what is parked of this queue.")] = "",
    replay: Annotated[str, typer.Option(metavar="QUEUE", help="Put what is parked of it back.")] = "",
    drop: Annotated[str, typer.Option(metavar="QUEUE", help="Drop what is parked of it, for good.")] = "",
    only: Annotated[str, typer.Option(help="Only those with this in their reason, type or id.")] = "",
    patience: Annotated[
        float, seconds("Seconds that the broker may take to answer.")
    ] = BROKER_PATIENCE_SECONDS,
    yes: Annotated[bool, typer.Option("--yes", help="Replay or drop without asking.")] = False,
) -> None:
    """Look at the queues; look at what is parked, replay it or drop it."""
    from preau.operations.queues import NAMES, containing, manage

    wanted = {"parked": parked, "replay": replay, "drop": drop}
    asked = [(task, queue) for task, queue in wanted.items() if queue]
    if len(asked) > 1:
        raise typer.BadParameter("one of --parked, --replay and --drop at a time")
    if asked and asked[0][1] not in NAMES:
        raise typer.BadParameter(f"no queue {asked[0][1]}: there are {', '.join(NAMES)}")
    configure_logging("WARNING", "console")
    task, queue = asked[0] if asked else ("depths", "")

    def confirm(question: str) -> bool:
        return yes or typer.confirm(question)

    asyncio.run(
        manage(broker_url, console, task, queue, containing(only), confirm, patience_seconds=patience)
    )


AuditedDatabases = Annotated[
    str,
    typer.Option(
        help="Of each service, with spaces between; or postgresql://…/preau_{service} for all.",
        envvar="PREAU_AUDIT_DATABASE_URL",
    ),
]
AuditedBroker = Annotated[
    str, typer.Option(help="amqp://…: look for parked messages too.", envvar="PREAU_BROKER_URL")
]
Days = Annotated[
    int, typer.Option(min=1, max=3650, help="How far back events are followed to their readers.")
]
Patience = Annotated[float, seconds("Seconds that what is on its way may take.")]
MarksFile = Annotated[
    Path | None,
    typer.Option("--marks", help="Where what the logs held is kept.", envvar="PREAU_AUDIT_MARKS"),
]


@app.command()
def audit(
    database_url: AuditedDatabases,
    broker_url: AuditedBroker = "",
    days: Days = 2,
    patience: Patience = 60,
    marks: MarksFile = None,
) -> None:
    """Check what must hold in and between the services; status 1 when something does not."""
    from preau.operations.audit.auditor import audit as audit_all

    configure_logging("WARNING", "console")

    def waiting(found: int) -> None:
        typer.echo(f"{found} finding(s) may be on their way: waiting up to {patience:g} s …", err=True)

    findings = asyncio.run(
        audit_all(
            urls_by_service(database_url),
            broker_url,
            days=days,
            patience_seconds=patience,
            marks_file=marks,
            waiting=waiting,
        )
    )
    for finding in findings:
        console.print(f"[red]✗[/red] {finding.service}: {finding.rule}")
        console.print(f"    {finding.what}", markup=False)
    console.print(f"{len(findings)} finding(s)" if findings else "Everything holds.")
    raise typer.Exit(1 if findings else 0)


@app.command("audit-nightly")
def audit_nightly(
    database_url: AuditedDatabases,
    broker_url: AuditedBroker = "",
    days: Days = 2,
    patience: Patience = 60,
    marks: MarksFile = None,
    hour: Annotated[int, typer.Option(min=0, max=23, help="When, by the local clock.")] = 3,
    metrics_port: Annotated[int, port("Serve /metrics there.")] = 8000,
) -> None:
    """Audit at start and each night until SIGTERM, and serve metrics for an alert."""
    from preau.operations.audit.auditor import audit as audit_all
    from preau.operations.audit.finding import Finding
    from preau.operations.audit.nightly import Metrics
    from preau.operations.audit.nightly import audit_nightly as run_nightly

    configure_logging("INFO", "json")
    urls = urls_by_service(database_url)
    metrics = Metrics()
    with serving(metrics_port):
        metrics.serve(metrics_port)

    def once() -> Coroutine[Any, Any, list[Finding]]:
        return audit_all(urls, broker_url, days=days, patience_seconds=patience, marks_file=marks)

    asyncio.run(run_nightly(once, metrics, hour))


@app.command()
def replay(
    queue: Annotated[str, typer.Option(help="The queue that missed something, such as billing.copies.")],
    since: Annotated[
        datetime,
        typer.Option(formats=MOMENTS, metavar="TIME", help="From then on; local time without +00:00."),
    ],
    database_url: Annotated[
        str, typer.Option(help="As for `preau audit`.", envvar="PREAU_AUDIT_DATABASE_URL")
    ],
    broker_url: Annotated[
        str, typer.Option(help="amqp://… or local:postgresql://…", envvar="PREAU_BROKER_URL")
    ],
    until: Annotated[
        datetime | None, typer.Option(formats=MOMENTS, metavar="TIME", help="Before then; else now.")
    ] = None,
) -> None:
    """Send to one queue, once more, what the logs of its publishers hold; what it knows changes nothing."""
    from preau.operations.replay_command import run_replay

    configure_logging("WARNING", "console")
    raise typer.Exit(asyncio.run(run_replay(console, queue, since, until, database_url, broker_url)))


@app.command()
def docs(folder: Annotated[Path, typer.Option(help="Where to write.")] = Path("docs")) -> None:
    """Write docs/events.md and docs/asyncapi.json from the contracts."""
    from preau.operations.docs import write_docs

    for path in write_docs(folder):
        console.print(f"{path}")
