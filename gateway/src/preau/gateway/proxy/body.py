"""A request's body on its way to a service: streamed and bounded in size. The server bounds its time."""

from collections.abc import AsyncGenerator, Callable

from starlette.types import Receive

from preau.common.errors import Problem
from preau.gateway.proxy.headers import RawHeaders


class ClientDisconnected(Exception):
    """The client closed its connection: nobody waits for the answer."""


class BodyTooLarge(Problem):
    """More than the gateway lets through."""

    status, type, title = 413, "too-large", "Envoi trop volumineux"

    def __init__(self, limit_bytes: int) -> None:
        super().__init__(f"L’envoi dépasse la taille permise ({limit_bytes // (1024 * 1024)} Mo).")


class Body:
    """Reads a body from `receive`. What goes wrong while a service reads it is kept in `failure`."""

    def __init__(self, receive: Receive, limit_bytes: int, when_read: Callable[[], None]) -> None:
        self._receive = receive
        self._limit = limit_bytes
        self._left = limit_bytes
        self._when_read = when_read
        self.failure: Problem | ClientDisconnected | None = None

    async def open(self, headers: RawHeaders) -> bytes | AsyncGenerator[bytes] | None:
        """The body to send: None, the whole when it came in one piece, else a stream.

        Raises BodyTooLarge at once when the client announces too much; ClientDisconnected.
        """
        announced = chunked = False
        for name, value in headers:
            if name == b"content-length":
                announced = value != b"0"
                if not value.isdigit() or len(value) > 15 or int(value) > self._limit:
                    raise BodyTooLarge(self._limit)
            elif name == b"transfer-encoding":
                chunked = True
        if not announced and not chunked:
            self._when_read()
            return None
        first, more = await self._next()
        if not more:
            self._when_read()
            return first
        return self._stream(first)

    async def _stream(self, first: bytes) -> AsyncGenerator[bytes]:
        try:
            yield first
            more = True
            while more:
                chunk, more = await self._next()
                yield chunk
        except (Problem, ClientDisconnected) as failure:
            self.failure = failure
            raise
        self._when_read()

    async def _next(self) -> tuple[bytes, bool]:
        message = await self._receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnected
        chunk: bytes = message.get("body", b"")
        self._left -= len(chunk)
        if self._left < 0:
            raise BodyTooLarge(self._limit)
        return chunk, message.get("more_body", False)
