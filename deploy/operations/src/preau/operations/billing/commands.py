"""The commands ``preau billing …``."""

from typing import Annotated

import typer
from rich.console import Console

from preau.operations.billing.run import Month, bill
from preau.operations.tour.client import Client
from preau.operations.tour.story import NotSo

commands = typer.Typer(no_args_is_help=True, help="The month's billing of a commune.")
console = Console(highlight=False)


@commands.callback()
def billing() -> None:
    """A group, though it has one command yet."""


@commands.command("run")
def run(
    regie: Annotated[str, typer.Option(help="The régie's code or name.")],
    period: Annotated[str, typer.Option(help="The month, such as 2026-10.")],
    email: Annotated[str, typer.Option(help="An agent who bills.", envvar="PREAU_AGENT_EMAIL")],
    password: Annotated[
        str,
        typer.Option(
            help="The agent's password.", envvar="PREAU_AGENT_PASSWORD", prompt=True, hide_input=True
        ),
    ],
    url: Annotated[str, typer.Option(help="The gateway's address.")] = "http://localhost:8000",
    complement: Annotated[bool, typer.Option("--complement", help="Bill what came after the month.")] = False,
    no_carry: Annotated[
        bool, typer.Option("--no-carry", help="Bill small amounts too that the régie carries over.")
    ] = False,
    issue: Annotated[
        bool, typer.Option("--issue", help="Issue the invoices once they are computed.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Issue without asking.")] = False,
) -> None:
    """Compute a month with its progress shown, tell what is odd, and issue it if wanted.

    A run that stands already is taken up where it is; leaving does not stop it.
    """
    month = Month(regie, period, "complement" if complement else "month_end", carries=not no_carry)
    client = Client(url, "agent")

    def confirmed(question: str) -> bool:
        return yes or typer.confirm(question)

    try:
        client.sign_in(email, password)
        done = bill(client, console, month, confirmed if issue else None)
    except NotSo as error:
        typer.echo(f"✗ {error}", err=True)
        raise typer.Exit(1) from error
    except KeyboardInterrupt:
        typer.echo("Left: the run goes on; begin again to follow it.", err=True)
        raise typer.Exit(130) from None
    raise typer.Exit(0 if done else 1)
