"""Making a service's database with its roles: as a superuser, before anything migrates or runs."""

import secrets
from collections.abc import Sequence

from sqlalchemy import make_url

from preau.common.db.driver import Connection, connect
from preau.common.db.roles import APPLICATION, AUDIT, GROUPS, SYSTEM, Passwords, ServiceDatabase, role_names

_LARGE_OBJECTS = (
    "lo_create(oid), lo_creat(integer), lo_from_bytea(oid, bytea), lo_put(oid, bigint, bytea),"
    " lowrite(integer, bytea)"
)
"""They lie outside every policy, and anybody may fill the disk with them."""
_LOCK = "SELECT pg_advisory_lock(hashtext('preau-provision'))"


def drawn_passwords() -> Passwords:
    """Passwords that nobody has chosen."""
    return Passwords(*(secrets.token_hex(16) for _ in Passwords._fields))


async def provision(admin_url: str, database: str, passwords: Passwords) -> ServiceDatabase:
    """Create ``database`` with its roles (``preau.common.db.roles``) where they are not there.

    ``admin_url`` is a superuser's. No role but these may enter; what each may do, the migrations say. Safe to
    call again, also on the database of a former version: the passwords are then set anew.
    """
    names = role_names(database)
    admin = await connect(admin_url)
    try:
        await admin.execute(_LOCK)  # roles belong to the whole server: one at a time
        await _make_roles(admin, names, passwords)
        if not await admin.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", database):
            await admin.execute(f'CREATE DATABASE "{database}" OWNER "{names.owner_url}"')
        await admin.execute(f'REVOKE ALL ON DATABASE "{database}" FROM PUBLIC')
        for role in names:
            await admin.execute(f'GRANT CONNECT ON DATABASE "{database}" TO "{role}"')
    finally:
        await admin.close()
    inside = await connect(
        make_url(admin_url)
        .set(drivername="postgresql", database=database)
        .render_as_string(hide_password=False)
    )
    try:
        await _settle_schema(inside, owner=names.owner_url, application=names.url)
    finally:
        await inside.close()
    return addresses(admin_url, database, passwords)


def addresses(server_url: str, database: str, passwords: Passwords) -> ServiceDatabase:
    """Where each role of ``database`` connects, on the server of ``server_url``."""
    place = make_url(server_url).set(drivername="postgresql", database=database)
    return ServiceDatabase(
        *(
            place.set(username=role, password=password).render_as_string(hide_password=False)
            for role, password in zip(role_names(database), passwords, strict=True)
        )
    )


async def drop(admin_url: str, databases: Sequence[str]) -> None:
    """Drop databases with their roles, whoever is connected."""
    admin = await connect(admin_url)
    try:
        for database in databases:
            await admin.execute(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')
            for role in role_names(database):
                await admin.execute(f'DROP ROLE IF EXISTS "{role}"')
    finally:
        await admin.close()


async def _make_roles(admin: Connection, names: ServiceDatabase, passwords: Passwords) -> None:
    for group in GROUPS:
        if not await admin.fetchval("SELECT 1 FROM pg_roles WHERE rolname = $1", group):
            await admin.execute(f"CREATE ROLE {group} NOLOGIN NOSUPERUSER NOBYPASSRLS")
    for role, password, group in (
        (names.url, passwords.application, APPLICATION),
        (names.system_url, passwords.system, SYSTEM),
        (names.owner_url, passwords.owner, None),
        (names.audit_url, passwords.audit, AUDIT),
    ):
        if not await admin.fetchval("SELECT 1 FROM pg_roles WHERE rolname = $1", role):
            await admin.execute(f'CREATE ROLE "{role}" LOGIN NOSUPERUSER NOBYPASSRLS')
        quoted = await admin.fetchval("SELECT quote_literal($1::text)", password)
        await admin.execute(f'ALTER ROLE "{role}" PASSWORD {quoted}')
        if group is not None:
            await admin.execute(f'GRANT {group} TO "{role}"')


async def _settle_schema(inside: Connection, *, owner: str, application: str) -> None:
    """Give the schema to the owner, and take back what a former version granted to the application itself."""
    await inside.execute(f'ALTER SCHEMA public OWNER TO "{owner}"')
    for what in ("TABLES", "SEQUENCES", "FUNCTIONS"):
        await inside.execute(
            f'ALTER DEFAULT PRIVILEGES FOR ROLE "{owner}" IN SCHEMA public'
            f' REVOKE ALL ON {what} FROM "{application}"'
        )
        await inside.execute(f'REVOKE ALL ON ALL {what} IN SCHEMA public FROM "{application}"')
    await inside.execute(f'REVOKE ALL ON SCHEMA public FROM "{application}", PUBLIC')
    await inside.execute(f"REVOKE EXECUTE ON FUNCTION {_LARGE_OBJECTS} FROM PUBLIC")
