"""Many ask the same at once: one goes, all get its answer."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class SingleFlight(Generic[T]):
    """Joins calls with the same key while one is under way."""

    def __init__(self) -> None:
        self._flights: dict[str, asyncio.Task[T]] = {}

    async def run(self, key: str, make: Callable[[], Awaitable[T]]) -> T:
        """The outcome of the flight under way for `key`, else of a new one by `make`.

        A caller who is cancelled leaves the flight to the others.
        """
        flight = self._flights.get(key)
        if flight is None:

            async def fly() -> T:
                return await make()

            flight = asyncio.create_task(fly())
            self._flights[key] = flight
            flight.add_done_callback(lambda done: self._land(key, done))
        return await asyncio.shield(flight)

    def _land(self, key: str, flight: asyncio.Task[T]) -> None:
        self._flights.pop(key, None)
        if not flight.cancelled():
            flight.exception()  # Retrieved here too: all callers may have left.
