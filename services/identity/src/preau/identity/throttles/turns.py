"""A flood from one network waits in line here, not with a database connection each before the same row."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from weakref import WeakValueDictionary

from preau.identity.throttles.keys import network_key

_lines: WeakValueDictionary[tuple[asyncio.AbstractEventLoop, str], asyncio.Lock] = WeakValueDictionary()


@asynccontextmanager
async def turn_of(address: str) -> AsyncGenerator[None]:
    """One try at a time of the network of ``address`` is counted, in this process."""
    key = (asyncio.get_running_loop(), network_key(address))
    line = _lines.get(key)
    if line is None:
        line = _lines[key] = asyncio.Lock()
    async with line:
        yield
