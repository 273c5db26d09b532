"""What the services' databases hold, as a digest by table."""

import asyncpg

from preau.common.embedded.postgres import PostgresServer

SERVICES = ("identity", "reservations", "billing", "payments", "requests")
ROWS = """select md5(coalesce(string_agg(t::text, '' order by t::text), '')) from "{}" t"""
MOVING = ("session", "throttle", "guess", "budget", "known_network", "inbox", "journal", "alembic", "signing")
"""Tables that signing in and time itself move."""


async def digest(server: PostgresServer) -> dict[str, str]:
    """A digest of the rows of each table, by service and table."""
    found: dict[str, str] = {}
    for service in SERVICES:
        connection = await asyncpg.connect(server.url(f"preau_{service}"))
        try:
            tables = await connection.fetch(
                "select relname from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace"
            )
            for (table,) in tables:
                if not any(word in table for word in MOVING):
                    found[f"{service}.{table}"] = await connection.fetchval(ROWS.format(table))
        finally:
            await connection.close()
    return found
