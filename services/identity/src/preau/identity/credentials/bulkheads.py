"""Bulkheads (M. Nygard, Release It!) for slow hashing: each use has threads of its own, a flood starves one.

A bulkhead runs ``width`` at once and lets ``waiting`` more wait; who comes then is asked to come back.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from preau.common.errors import Unavailable

P = ParamSpec("P")
T = TypeVar("T")

RETRY_AFTER_SECONDS = 2


class BulkheadFull(Unavailable):
    """Enough others wait for the same work."""

    def __init__(self) -> None:
        super().__init__(
            "Beaucoup de demandes arrivent en ce moment. Réessayez dans un instant.",
            retry_after=RETRY_AFTER_SECONDS,
        )


class Bulkhead:
    """``begun`` counts the hashes that this process began in the bulkhead."""

    def __init__(self, name: str, *, width: int, waiting: int) -> None:
        self.begun = 0
        self._most = width + waiting
        self._inside = 0
        self._threads = ThreadPoolExecutor(width, thread_name_prefix=f"bulkhead-{name}")

    async def run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """The outcome of ``work``, done in one of the bulkhead's threads. Raises ``BulkheadFull``."""
        if self._inside >= self._most:
            raise BulkheadFull

        def begin() -> T:
            self.begun += 1
            return work(*args, **kwargs)

        self._inside += 1
        done = asyncio.get_running_loop().run_in_executor(self._threads, begin)
        done.add_done_callback(self._leave)  # also when the client has left meanwhile
        return await done

    def _leave(self, _done: asyncio.Future[T]) -> None:
        self._inside -= 1


SIGN_IN = Bulkhead("sign-in", width=2, waiting=64)
CURRENT_PASSWORD = Bulkhead("current-password", width=1, waiting=4)
REGISTRATION = Bulkhead("registration", width=1, waiting=32)
NEW_PASSWORD = Bulkhead("new-password", width=1, waiting=16)
CODE = Bulkhead("code", width=1, waiting=16)
HUMAN_CHECK = Bulkhead("human-check", width=1, waiting=16)
"""An argon2 hash takes 19 MiB: the bulkheads together at most 95."""
