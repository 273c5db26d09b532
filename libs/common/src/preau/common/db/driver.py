"""The bare driver, for what needs its own connection. asyncpg brings no types: ``Any`` from here on."""

from typing import Any, cast

import asyncpg

Connection = Any
"""A connection of asyncpg."""


async def connect(url: str, **options: Any) -> Connection:
    """Open one connection outside every pool; the caller closes it."""
    return await cast(Any, asyncpg).connect(url, **options)
