"""Whether sessions still stand: asked at identity, remembered for a short while."""

import asyncio
import time
from dataclasses import dataclass

from cachetools import LRUCache

from preau.gateway.api.problems import UpstreamProblem
from preau.gateway.sessions.identity import SessionSource
from preau.gateway.sessions.single_flight import SingleFlight

KEPT = 100_000
"""Sessions remembered; the least recently asked about goes first."""


@dataclass(slots=True)
class _Known:
    active: bool
    asked_at: float
    asking: bool = False


class SessionStatus:
    """Answers from memory for `recheck_seconds`; asks ahead of time at half of it, so that nobody waits.

    When identity cannot be reached, the last answer counts for as long again, then the question fails:
    a session that was ended is thus refused within twice `recheck_seconds`, whatever happens.
    """

    def __init__(self, source: SessionSource, recheck_seconds: float) -> None:
        self._source = source
        self._recheck = recheck_seconds
        self._known = LRUCache[str, _Known](KEPT)
        self._flights = SingleFlight[bool]()
        self._ahead: set[asyncio.Task[bool]] = set()

    async def is_active(self, session_id: str) -> bool:
        """Whether the session stands; UpstreamProblem when identity cannot say and memory is too old."""
        known = self._known.get(session_id)
        if known is None:
            return await self._ask(session_id)
        age = time.monotonic() - known.asked_at
        if not known.active or age < self._recheck / 2:
            return known.active
        if age < self._recheck:
            self._ask_ahead(session_id, known)
            return True
        try:
            return await self._ask(session_id)
        except UpstreamProblem:
            if age < 2 * self._recheck:
                return True
            raise

    def record(self, session_id: str, *, active: bool) -> None:
        """Identity has just told, by signing in, refreshing or ending the session."""
        self._known[session_id] = _Known(active, time.monotonic())

    def forget(self, session_id: str) -> None:
        """Ask identity again at the next question: something happened to the session."""
        self._known.pop(session_id, None)

    async def _ask(self, session_id: str) -> bool:
        active = await self._flights.run(session_id, lambda: self._source.is_active(session_id))
        self.record(session_id, active=active)
        return active

    def _ask_ahead(self, session_id: str, known: _Known) -> None:
        if known.asking:
            return
        known.asking = True
        task = asyncio.create_task(self._ask(session_id))
        self._ahead.add(task)
        task.add_done_callback(self._asked_ahead)

    def _asked_ahead(self, task: asyncio.Task[bool]) -> None:
        self._ahead.discard(task)
        if not task.cancelled():
            task.exception()  # Silent: whoever comes after `recheck_seconds` asks again and is told.
