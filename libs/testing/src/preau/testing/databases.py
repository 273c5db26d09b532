"""Fresh databases for tests, cloned from one of each service that was migrated once a run."""

import itertools
import os
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from sqlalchemy import make_url

from preau.common.db.driver import Connection, connect
from preau.common.db.migrations import migrate
from preau.common.db.provision import addresses, provision
from preau.common.db.roles import Passwords, ServiceDatabase
from preau.testing.infrastructure import postgres_admin_url

PASSWORDS = Passwords("application", "system", "owner", "audit")
"""Of databases that live as long as a test."""
_WORKER = f"{os.environ.get('PYTEST_XDIST_WORKER', 'main')}_{os.getpid()}"
_RUN = os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))[:12]
_MIGRATED = "migrated"
"""The comment on a template that clones may be made of."""
_templates: dict[str, ServiceDatabase] = {}
_numbers = itertools.count(1)


async def _template(service: str) -> ServiceDatabase:
    """The migrated database of ``service`` that others are cloned from; all workers of a run share it."""
    if service not in _templates:
        name = f"template_{service}_{_RUN}"
        admin = await connect(postgres_admin_url())
        try:
            await admin.execute("SELECT pg_advisory_lock(hashtext($1))", name)
            said = "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = $1"
            if await admin.fetchval(said, name) != _MIGRATED:
                made = await provision(postgres_admin_url(), name, PASSWORDS)
                await migrate(service, made.owner_url)
                await admin.execute(f"COMMENT ON DATABASE \"{name}\" IS '{_MIGRATED}'")
        finally:
            await admin.close()
        _templates[service] = addresses(postgres_admin_url(), name, PASSWORDS)
    return _templates[service]


async def _strategy(admin: Connection) -> str:
    """Files are copied in half the time where nothing waits for the disk, else written in four times that."""
    forgetful = await admin.fetchval(
        "SELECT current_setting('fsync') = 'off' AND current_setting('server_version_num')::int >= 150000"
    )
    return " STRATEGY FILE_COPY" if forgetful else ""


@asynccontextmanager
async def fresh_database(service: str) -> AsyncGenerator[ServiceDatabase]:
    """A migrated, empty database of ``service``, dropped afterwards."""
    template = await _template(service)
    template_name = make_url(template.url).database
    name = f"{service}_{_WORKER}_{next(_numbers)}"
    admin = await connect(postgres_admin_url())
    try:
        await admin.execute(
            f'CREATE DATABASE "{name}" TEMPLATE "{template_name}" OWNER "{template_name}_owner"'
            f"{await _strategy(admin)}"
        )
        try:
            yield ServiceDatabase(
                *(make_url(url).set(database=name).render_as_string(hide_password=False) for url in template)
            )
        finally:
            await admin.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    finally:
        await admin.close()


@asynccontextmanager
async def empty_database(purpose: str) -> AsyncGenerator[str]:
    """A database without tables, owned by the superuser whose URL comes with it."""
    name = f"{purpose}_{_WORKER}_{next(_numbers)}"
    admin = await connect(postgres_admin_url())
    try:
        await admin.execute(f'CREATE DATABASE "{name}"')
        try:
            yield make_url(postgres_admin_url()).set(database=name).render_as_string(hide_password=False)
        finally:
            await admin.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    finally:
        await admin.close()
