"""Opening a commune: the operator's first step, before anybody can sign in.

    python -m preau.identity open-commune --slug jolieville --name Jolieville --admin-email agent@…

The password of the first administrator is asked for, or read from ``PREAU_ADMIN_PASSWORD``.
"""

import asyncio
import re
from collections.abc import Callable
from typing import Annotated

import typer

from preau.common.db.database import Database
from preau.common.errors import FieldErrors
from preau.common.ids import new_id
from preau.identity.agents.repository import add_agent
from preau.identity.communes import service
from preau.identity.communes.repository import commune_by_slug
from preau.identity.communes.tables import Commune
from preau.identity.credentials import bulkheads
from preau.identity.credentials.domain import password_weakness, valid_email
from preau.identity.credentials.passwords import hash_password
from preau.identity.settings import IdentitySettings

SLUG = re.compile(r"[a-z][a-z0-9-]{1,59}")


async def open_commune(database: Database, *, slug: str, name: str, email: str, password: str) -> Commune:
    """Make a commune with its first administrator.

    Raises ``FieldErrors`` for a short name that is taken or odd, an address or a password that will not do.
    """
    if not SLUG.fullmatch(slug):
        raise FieldErrors({"slug": "Des minuscules sans accent, des chiffres et des tirets."})
    try:
        address = valid_email(email)
    except ValueError as error:
        raise FieldErrors({"admin_email": str(error)}) from error
    if weakness := password_weakness(password, address):
        raise FieldErrors({"password": weakness})
    commune = Commune(
        commune_id=new_id(),
        slug=slug,
        name=name.strip(),
        time_zone="Europe/Paris",
        school_zone="A",
        accent_colour="#1f5fa8",
        contact_email=address,
        contact_phone="",
        version=1,
    )
    administrator = {
        "agent_id": new_id(),
        "commune_id": commune.commune_id,
        "email": address,
        "name": address.split("@")[0],
        "roles": ["admin"],
        "password_hash": await hash_password(password, bulkheads.NEW_PASSWORD),
        "status": "active",
    }
    async with database.transaction(commune.commune_id) as session:
        if await commune_by_slug(session, slug) is not None:
            raise FieldErrors({"slug": "Une commune a déjà ce nom court."})
        await service.add(session, commune)
        await add_agent(session, administrator)
    return commune


def add_command(cli: typer.Typer, settings: Callable[[], IdentitySettings]) -> None:
    """Put ``open-commune`` on the service's command line."""

    @cli.command("open-commune", help="Open a commune with its first administrator.")
    def open_commune_command(
        slug: Annotated[str, typer.Option(help="Short name in addresses, such as jolieville.")],
        name: Annotated[str, typer.Option(help="The commune's name.")],
        admin_email: Annotated[str, typer.Option(help="The first administrator signs in with it.")],
        password: Annotated[
            str,
            typer.Option(
                prompt="Password of the administrator",
                hide_input=True,
                confirmation_prompt=True,
                envvar="PREAU_ADMIN_PASSWORD",
            ),
        ],
    ) -> None:
        loaded = settings()

        async def run() -> None:
            database = Database(
                loaded.database_url,
                system_url=loaded.system_database_url,
                application_name="preau-open-commune",
            )
            try:
                made = await open_commune(
                    database, slug=slug, name=name, email=admin_email, password=password
                )
            finally:
                await database.close()
            typer.echo(f"{made.name} is open: its administrator signs in at {loaded.public_url}/agent")

        try:
            asyncio.run(run())
        except FieldErrors as error:
            for item in error.extras["errors"]:
                typer.echo(f"{item['field']}: {item['message']}", err=True)
            raise typer.Exit(2) from error
