"""Notices that a client has disconnected while a service still works for it."""

import asyncio

from starlette.types import Receive

PATIENCE_SECONDS = 0.05
"""Most answers are there before: only a slower one is worth a task that listens for the disconnect."""


class DisconnectWatch:
    """Cancels the task that made it when the client disconnects; `happened` then says so."""

    def __init__(self, receive: Receive) -> None:
        self.happened = False
        self._receive = receive
        self._task = asyncio.current_task()
        self._timer: asyncio.TimerHandle | None = None
        self._listener: asyncio.Task[None] | None = None
        self._closed = False

    def begin(self) -> None:
        """Watch, once the request's body was read: from there on `receive` only tells of the disconnect."""
        if not self._closed:
            self._timer = asyncio.get_running_loop().call_later(PATIENCE_SECONDS, self._listen)

    def close(self) -> None:
        """Stop watching; idempotent."""
        self._closed = True
        if self._timer is not None:
            self._timer.cancel()
        if self._listener is not None:
            self._listener.cancel()

    def uncancel(self) -> None:
        """Undo the cancellation: the task ends by itself, quietly."""
        if self._task is not None:
            self._task.uncancel()

    def _listen(self) -> None:
        self._listener = asyncio.get_running_loop().create_task(self._until_disconnected())

    async def _until_disconnected(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
        if self._task is not None and not self._closed:
            self.happened = True
            self._task.cancel()
