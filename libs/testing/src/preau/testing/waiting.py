"""Waiting in tests for what takes effect elsewhere, never by a fixed sleep."""

import asyncio
import time
from collections.abc import Awaitable, Callable

PAUSE_SECONDS = 0.1
PATIENT = {"database_statement_seconds": "60", "database_lock_seconds": "60"}
"""Settings of a service under test: a machine that stands still for some seconds is nobody's fault."""


async def eventually(
    holds: Callable[[], Awaitable[bool]],
    what: str,
    *,
    within_seconds: float = 10,
    pause_seconds: float = PAUSE_SECONDS,
) -> float:
    """Wait until ``holds`` says so; how many seconds it took. Raises AssertionError with ``what``."""
    began = time.monotonic()
    while not await holds():
        waited = time.monotonic() - began
        if waited > within_seconds:
            raise AssertionError(f"after {waited:.1f} s still not: {what}")
        await asyncio.sleep(pause_seconds)
    return time.monotonic() - began
