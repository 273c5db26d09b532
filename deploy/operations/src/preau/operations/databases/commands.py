"""The commands ``preau databases …``."""

import asyncio

import typer

from preau.common.db.provision import provision
from preau.operations.databases.settings import DatabasesSettings
from preau.operations.reaching import reaching

commands = typer.Typer(no_args_is_help=True, help="The services' databases and their roles.")


@commands.callback()
def databases() -> None:
    """A group, though it has one command yet."""


@commands.command("set-up")
def set_up() -> None:
    """Make the databases and roles that are not there, and set every password anew; may be run again."""
    try:
        settings = DatabasesSettings()  # pyright: ignore[reportCallIssue]  # from the environment
        passwords = settings.passwords()
    except ValueError as error:
        typer.echo(f"preau databases set-up does not start: {error}", err=True)
        raise typer.Exit(2) from error

    async def make() -> None:
        for service, roles in passwords.items():
            with reaching(f"PostgreSQL for preau_{service}", settings.postgres_admin_url):
                await provision(settings.postgres_admin_url, f"preau_{service}", roles)
            typer.echo(f"preau_{service}: its database and its roles are there")

    asyncio.run(make())
