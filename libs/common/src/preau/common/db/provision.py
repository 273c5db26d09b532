"""Making a service's database with its two roles: the owner migrates, the application works."""

from typing import NamedTuple

from sqlalchemy import make_url

from preau.common.db.driver import connect


class ServiceDatabase(NamedTuple):
    """The two addresses of a service's database."""

    url: str
    owner_url: str


async def provision(admin_url: str, database: str, password: str) -> ServiceDatabase:
    """Create ``database`` with the roles ``<database>_owner`` and ``<database>`` if they are not there.

    ``admin_url`` is a superuser's. The application's role may read and write what the owner makes, no more.
    Safe to call again; the passwords are then set anew.
    """
    owner = f"{database}_owner"
    admin = await connect(admin_url)
    try:
        for role in (owner, database):
            if not await admin.fetchval("SELECT 1 FROM pg_roles WHERE rolname = $1", role):
                await admin.execute(f'CREATE ROLE "{role}" LOGIN NOSUPERUSER NOBYPASSRLS')
            quoted = await admin.fetchval("SELECT quote_literal($1::text)", password)
            await admin.execute(f'ALTER ROLE "{role}" PASSWORD {quoted}')
        if not await admin.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", database):
            await admin.execute(f'CREATE DATABASE "{database}" OWNER "{owner}"')
            await admin.execute(f'REVOKE ALL ON DATABASE "{database}" FROM PUBLIC')
            await admin.execute(f'GRANT CONNECT ON DATABASE "{database}" TO "{database}"')
    finally:
        await admin.close()
    urls = [
        make_url(admin_url)
        .set(drivername="postgresql", database=database, username=role, password=password)
        .render_as_string(hide_password=False)
        for role in (database, owner)
    ]
    inside = await connect(
        make_url(admin_url)
        .set(drivername="postgresql", database=database)
        .render_as_string(hide_password=False)
    )
    try:
        await inside.execute(f'ALTER SCHEMA public OWNER TO "{owner}"')
        await inside.execute(f'GRANT USAGE ON SCHEMA public TO "{database}"')
        for what, rights in (
            ("TABLES", "SELECT, INSERT, UPDATE, DELETE"),
            ("SEQUENCES", "USAGE, SELECT"),
            ("FUNCTIONS", "EXECUTE"),
        ):
            await inside.execute(
                f'ALTER DEFAULT PRIVILEGES FOR ROLE "{owner}" IN SCHEMA public'
                f' GRANT {rights} ON {what} TO "{database}"'
            )
    finally:
        await inside.close()
    return ServiceDatabase(*urls)
