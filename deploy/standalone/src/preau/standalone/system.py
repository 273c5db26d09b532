"""All of Préau in one process: embedded PostgreSQL, in-process broker, five services, gateway.

The same ``create_app`` functions as everywhere else, on loopback ports that the system chooses; only the
gateway's is known to the outside.
"""

import hashlib
import json
import secrets
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from preau.common.db.migrations import migrate
from preau.common.db.provision import addresses, drawn_passwords, provision
from preau.common.db.roles import Passwords, ServiceDatabase
from preau.common.embedded.postgres import PostgresServer
from preau.common.messaging.local import LocalBroker
from preau.common.run import fill
from preau.common.server.serving import InProcessServer
from preau.gateway.app import create_app as create_gateway
from preau.gateway.settings import GatewaySettings
from preau.standalone.parts import PARTS, Part

JOURNAL = "preau_journal"
POSTGRES_SETTINGS = {"max_connections": "120", "shared_buffers": "128MB"}


@dataclass(frozen=True)
class Layout:
    """Where the standalone keeps its things, and where it listens."""

    folder: Path
    host: str = "127.0.0.1"
    port: int = 8000
    environment: str = "development"
    log_level: str = "WARNING"

    @property
    def public_url(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def postgres(self) -> Path:
        return self.folder / "postgres"

    @property
    def audit(self) -> Path:
        """The variable that ``preau audit`` reads: where the databases of this run are, with its own role."""
        return self.folder / "audit.env"

    @property
    def prepared(self) -> Path:
        """Says which version of the migrations the databases have, and whether the demonstration is in."""
        return self.folder / "prepared.json"


def postgres_server(layout: Layout) -> PostgresServer:
    """The embedded PostgreSQL; start it from the main thread before any event loop runs."""
    layout.folder.mkdir(parents=True, exist_ok=True)
    return PostgresServer(layout.postgres, settings=POSTGRES_SETTINGS)


def _fingerprint() -> str:
    """Changes when a migration does."""
    digest = hashlib.sha256()
    for part in PARTS:
        versions = files(f"preau.{part.name}") / "migrations" / "versions"
        for script in sorted(versions.iterdir(), key=lambda entry: entry.name):
            if script.name.endswith(".py"):
                digest.update(script.read_bytes())
    return digest.hexdigest()


def _read(path: Path) -> dict[str, Any]:
    try:
        return json.loads(path.read_text())
    except (OSError, ValueError):
        return {}


async def prepare(layout: Layout, server: PostgresServer) -> dict[str, ServiceDatabase]:
    """Make and migrate the databases; quick when they are as they should be."""
    fingerprint = _fingerprint()
    known = _read(layout.prepared)
    names = (*(part.database for part in PARTS), JOURNAL)
    drawn = known.get("passwords") or {name: drawn_passwords() for name in names}
    databases: dict[str, ServiceDatabase] = {}
    current = known.get("migrations") == fingerprint
    for name in names:
        passwords = Passwords(*drawn[name])
        if not current:
            await provision(server.url(), name, passwords)
        databases[name] = addresses(server.url(), name, passwords)
    if not current:
        for part in PARTS:
            await migrate(part.name, databases[part.database].owner_url)
        _write(layout.prepared, json.dumps({**known, "migrations": fingerprint, "passwords": drawn}))
    urls = " ".join(databases[part.database].audit_url for part in PARTS)
    _write(layout.audit, f"PREAU_AUDIT_DATABASE_URL={urls}\n")
    return databases


def _write(path: Path, text: str) -> None:
    """Write a file with passwords in it, whole or not at all."""
    fresh = path.with_suffix(".new")
    fresh.touch(mode=0o600)
    fresh.write_text(text)
    fresh.replace(path)


def part_settings(
    layout: Layout,
    part: Part,
    databases: dict[str, ServiceDatabase],
    jwks_url: str = "",
    gateway_key: str = "",
) -> Any:
    """The settings of one service inside the standalone."""
    database = databases[part.database]
    own: dict[str, dict[str, Any]] = {
        "billing": {
            "consume_chunks": True,
            "prints_url": f"file:{(layout.folder / 'prints').absolute()}",
        },
        "requests": {"documents_url": f"file:{(layout.folder / 'documents').absolute()}"},
    }
    return part.settings(
        environment=layout.environment,
        database_url=database.url,
        system_database_url=database.system_url,
        database_pool_size=8,
        broker_url=f"local:{databases[JOURNAL].owner_url}",
        jwks_url=jwks_url,
        gateway_key=gateway_key,
        public_url=layout.public_url,
        log_level=layout.log_level,
        **own.get(part.name, {}),
    )


async def fill_demonstration(layout: Layout, databases: dict[str, ServiceDatabase]) -> bool:
    """Fill the demonstration once; whether this was the time."""
    known = _read(layout.prepared)
    if known.get("demonstration") or layout.environment != "development":
        return False
    for part in PARTS:
        if part.seed is not None:
            database = databases[part.database]
            await fill(part.seed, database.url, database.system_url)
    _write(layout.prepared, json.dumps({**known, "demonstration": True}))
    return True


@asynccontextmanager
async def running_system(layout: Layout, server: PostgresServer) -> AsyncGenerator[str]:
    """Run everything, with the demonstration; gives the gateway's URL."""
    databases = await prepare(layout, server)
    await fill_demonstration(layout, databases)
    broker = LocalBroker(databases[JOURNAL].owner_url)
    urls: dict[str, str] = {}
    gateway_key = secrets.token_hex(32)
    async with AsyncExitStack() as stack:
        for part in PARTS:
            jwks_url = f"{urls['identity']}/public/jwks" if urls else ""
            app = part.create_app(
                part_settings(layout, part, databases, jwks_url, gateway_key), broker=broker
            )
            service = await _started(stack, InProcessServer(app))
            urls[part.name] = service.url
        gateway_settings = GatewaySettings(
            environment=layout.environment,  # pyright: ignore[reportArgumentType]
            public_url=layout.public_url,
            gateway_key=gateway_key,
            log_level=layout.log_level,
            **{f"{name}_url": url for name, url in urls.items()},  # pyright: ignore[reportArgumentType]
        )
        await _started(
            stack,
            InProcessServer(
                create_gateway(gateway_settings),
                host=layout.host,
                port=layout.port,
                limits=gateway_settings,
            ),
        )
        yield layout.public_url


async def _started(stack: AsyncExitStack, server: InProcessServer) -> InProcessServer:
    await server.start()
    stack.push_async_callback(server.stop)
    return server
