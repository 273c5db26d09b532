"""Migrations: Alembic, one script folder and one version table a service.

A migration is written by hand in the service's ``migrations/versions``, of what this module gives it; and
this module runs it.
"""

import asyncio
from importlib.resources import files

from alembic import command, context
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from preau.common.db.database import async_url
from preau.common.db.event_log import MAKE_MONTHS
from preau.common.db.messaging_tables import create_messaging_tables, secure_messaging_tables
from preau.common.db.roles import APPLICATION, GROUPS, SYSTEM
from preau.common.db.row_security import (
    append_only,
    enable_tenant_rls,
    keep_from_application,
    let_application,
    never_deleted,
    only_grows,
    rights_of_former_tables,
    rights_of_new_tables,
    wall_off,
    wall_off_former_tenants,
)
from preau.common.db.scripts import execute_script

__all__ = [
    "append_only",
    "create_messaging_tables",
    "enable_tenant_rls",
    "execute_script",
    "keep_from_application",
    "let_application",
    "migrate",
    "migrate_blocking",
    "never_deleted",
    "only_grows",
    "rights_of_former_tables",
    "run_environment",
    "secure_messaging_tables",
    "wall_off",
    "wall_off_former_tenants",
]


class RolesMissing(RuntimeError):
    """The database was not set up with the roles that its tables name."""


def run_environment(service: str, *, temporary_tables: bool = False) -> None:
    """The whole ``env.py`` of a service: run the scripts on the connection that ``migrate`` opened.

    ``temporary_tables``: the application may lay out tables that end with its transaction. Nobody else may,
    and a database that was restored says so again at the next ``migrate``.
    """
    connection: Connection = context.config.attributes["connection"]
    context.configure(connection=connection, version_table=f"{service}_version", transactional_ddl=True)
    with context.begin_transaction():
        context.run_migrations()
        if temporary_tables:
            database = connection.exec_driver_sql("SELECT quote_ident(current_database())").scalar_one()
            connection.exec_driver_sql(f"GRANT TEMPORARY ON DATABASE {database} TO {APPLICATION}")


def _upgrade(connection: Connection, service: str, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(files(f"preau.{service}") / "migrations"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    _check_roles(connection)
    with Operations.context(MigrationContext.configure(connection)):
        rights_of_new_tables()
    command.upgrade(config, revision)
    connection.exec_driver_sql(MAKE_MONTHS)
    connection.exec_driver_sql(f"REVOKE ALL ON {service}_version FROM {APPLICATION}, {SYSTEM}")


def _check_roles(connection: Connection) -> None:
    found = set(connection.exec_driver_sql("SELECT rolname FROM pg_roles").scalars())
    if missing := sorted(set(GROUPS) - found):
        raise RolesMissing(
            f"the roles {', '.join(missing)} are not there: run `preau databases set-up` as a superuser first"
        )


async def migrate(service: str, owner_url: str, *, revision: str = "head") -> None:
    """Bring the database of ``service`` to the newest version (or to that), as the role that owns its tables.

    Raises ``RolesMissing`` when nobody has set the database up (``preau.common.db.provision``).

    Two runs at once are harmless: the second waits for the first on an advisory lock.
    """
    engine = create_async_engine(async_url(owner_url), poolclass=NullPool)
    try:
        async with engine.begin() as connection:
            await connection.exec_driver_sql("SELECT pg_advisory_xact_lock(hashtext('preau-migrate'))")
            await connection.run_sync(_upgrade, service, revision)
    finally:
        await engine.dispose()


def migrate_blocking(service: str, owner_url: str) -> None:
    """``migrate`` for a caller without an event loop."""
    asyncio.run(migrate(service, owner_url))
