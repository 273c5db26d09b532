"""Ending what runs beside the requests, for certain and in time."""

import asyncio
from collections.abc import Awaitable, Collection
from typing import Any

from preau.common.logging import logger

log = logger(__name__)

AGAIN_AFTER_SECONDS = 0.5


async def end_tasks(tasks: Collection[asyncio.Task[Any]]) -> None:
    """Cancel the tasks and return when all have ended.

    Said once, a cancellation can be lost: ``asyncio.wait_for`` of Python 3.11 forgets one that comes just as
    what it waits for is done, and a loop around it goes on. So it is said again.
    """
    going = set(tasks)
    while going:
        for task in going:
            task.cancel()
        _, going = await asyncio.wait(going, timeout=AGAIN_AFTER_SECONDS)


async def end_within(seconds: float, what: str, ending: Awaitable[object]) -> None:
    """Wait for an ending, but not for ever: what has not ended in time is left, and the log says so."""
    try:
        async with asyncio.timeout(seconds):
            await ending
    except TimeoutError:
        log.warning("not ended in time, left", what=what, seconds=seconds)
