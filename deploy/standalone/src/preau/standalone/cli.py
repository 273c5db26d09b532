"""What the standalone adds to the command ``preau``: ``run`` and ``demo-data``."""

import asyncio
import signal
import socket
import time
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated

import typer
import uvloop
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from preau.common.embedded.process import EmbeddedServerFailed
from preau.common.garbage import spare_what_is_loaded
from preau.common.logging import configure_logging
from preau.common.settings import DEMO_PASSWORD
from preau.common.telemetry import TelemetryNotInstalled, record_spans

commands = typer.Typer()
console = Console(highlight=False)

Folder = Annotated[Path, typer.Option("--data", help="Where the data lie.", envvar="PREAU_DATA")]
DEFAULT_FOLDER = Path("var/standalone")


@commands.command()
def run(
    data: Folder = DEFAULT_FOLDER,
    port: Annotated[
        int, typer.Option(min=1, max=65_535, help="Port of the gateway.", envvar="PREAU_PORT")
    ] = 8000,
    host: Annotated[str, typer.Option(help="Address to listen on.", envvar="PREAU_HOST")] = "127.0.0.1",
    log_level: Annotated[str, typer.Option(envvar="PREAU_LOG_LEVEL")] = "WARNING",
    demonstration_on_network: Annotated[
        bool, typer.Option("--demonstration-on-network", help="Let others reach the demonstration.")
    ] = False,
) -> None:
    """Run everything with the demonstration until Ctrl-C; the data stay."""
    from preau.standalone.system import Layout, postgres_server, running_system

    configure_logging(log_level, "console")
    started = time.monotonic()
    try:
        record_spans("preau-standalone", open_to_all=True)
    except TelemetryNotInstalled as error:
        console.print(f"[red]{escape(str(error))}[/red]")
        raise typer.Exit(2) from error
    if not demonstration_on_network:
        _refuse_network(host)
    _refuse_taken_port(host, port)
    layout = Layout(data, host=host, port=port, log_level=log_level)
    server = postgres_server(layout)
    try:
        server.start()
    except EmbeddedServerFailed as error:
        console.print(f"[red]PostgreSQL: {error}[/red]")
        raise typer.Exit(1) from error

    async def main() -> None:
        stop = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)

        async with running_system(layout, server) as url:
            spare_what_is_loaded()
            _welcome(url, time.monotonic() - started)
            await stop.wait()
        console.print("Stopped in order; the data stay in", str(data))

    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(main())
    finally:
        server.stop()


def _refuse_network(host: str) -> None:
    """The demonstration's accounts have a public password: it is not for whoever shares the network."""
    if is_loopback(host):
        return
    console.print(
        f"[red]Other machines could reach {host}, and the accounts here have a public password.[/red]\n"
        f"To show it all the same: preau run --host {host} --demonstration-on-network\n"
        "For real families: deploy/docker/README.md"
    )
    raise typer.Exit(2)


def is_loopback(host: str) -> bool:
    """Whether every address that ``host`` stands for is this machine's alone."""
    try:
        found = socket.getaddrinfo(host or None, 0, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except OSError:  # no such name: nothing is known to be ours alone
        return False
    return all(ip_address(str(where[0]).partition("%")[0]).is_loopback for *_, where in found)


def _refuse_taken_port(host: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            console.print(f"[red]Port {port} is taken: preau run --port ANOTHER[/red]")
            raise typer.Exit(1) from error


def _welcome(url: str, seconds: float) -> None:
    from preau.identity.demo.people import AGENTS, PARENTS

    console.print(f"\n[bold]Préau answers[/bold] (started in {seconds:.1f} s)\n")
    table = Table(box=None, pad_edge=False, show_header=False)
    for label, path in (
        ("Families", "/"),
        ("Agents", "/agent"),
        ("Mails of the demonstration", "/boite-d-essai"),
        ("The API’s document", "/api/openapi.json"),
    ):
        table.add_row(label, f"{url}{path}")
    console.print(table)
    accounts = Table(box=None, pad_edge=False, show_header=False)
    for parent in PARENTS[:2]:
        accounts.add_row(parent.email, "parent")
    for agent in AGENTS:
        accounts.add_row(agent["email"], "agent: " + ", ".join(agent["roles"]))
    console.print(f"\nAccounts of the demonstration, password [bold]{DEMO_PASSWORD}[/bold]:")
    console.print(accounts)
    console.print("\nCtrl-C to stop.\n")


@commands.command("demo-data")
def demo_data(data: Folder = DEFAULT_FOLDER) -> None:
    """Make the databases and fill the demonstration, without running anything."""
    from preau.standalone.system import Layout, fill_demonstration, postgres_server, prepare

    configure_logging("WARNING", "console")
    layout = Layout(data)
    with postgres_server(layout) as server:

        async def main() -> bool:
            return await fill_demonstration(layout, await prepare(layout, server))

        filled = asyncio.run(main())
    console.print("The demonstration is there." if filled else "The demonstration was there already.")
