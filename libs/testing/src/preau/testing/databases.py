"""Fresh databases for tests, cloned from one that was migrated once a session."""

import itertools
import os
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from sqlalchemy import make_url

from preau.common.db.driver import connect
from preau.common.db.migrations import migrate
from preau.common.db.provision import provision
from preau.common.db.roles import Passwords, ServiceDatabase
from preau.testing.infrastructure import postgres_admin_url

PASSWORDS = Passwords("application", "system", "owner", "audit")
"""Of databases that live as long as a test."""
_WORKER = f"{os.environ.get('PYTEST_XDIST_WORKER', 'main')}_{os.getpid()}"
_templates: dict[str, ServiceDatabase] = {}
_numbers = itertools.count(1)


async def _template(service: str) -> ServiceDatabase:
    """The migrated database of ``service`` that others are cloned from."""
    if service not in _templates:
        made = await provision(postgres_admin_url(), f"template_{service}_{_WORKER}", PASSWORDS)
        await migrate(service, made.owner_url)
        _templates[service] = made
    return _templates[service]


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
