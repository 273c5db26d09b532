"""uvicorn's HTTP/1.1 over httptools, with bounds: httptools keeps whatever a client sends, for ever."""

import asyncio
from enum import Enum, auto
from math import inf
from typing import TYPE_CHECKING, Any

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from preau.common.errors import Problem
from preau.common.server.heads import check_head
from preau.common.server.pace import ReadingPace, SendingPace
from preau.common.server.refusals import (
    HeadTooLarge,
    Malformed,
    PipelinedTooFar,
    RequestTooSlow,
    TargetTooLong,
    TooManyConnections,
    raw_answer,
)

if TYPE_CHECKING:
    from preau.common.server.serving import BoundedConfig, BoundedState

PIECE_BYTES = 16 * 1024
"""What the parser gets at once: so much may a head that never ends pass its bound, no more."""
FRAMING_MAX_BYTES = 2 * PIECE_BYTES
"""What chunk sizes, extensions and ends may take beyond what chunks of a usual size need."""
FRAMING_OF_A_CHUNK = 16
PIPELINED_MAX = 8


class Reading(Enum):
    """Where the parser is."""

    NOTHING = auto()
    HEAD = auto()
    BODY = auto()


class BoundedProtocol(HttpToolsProtocol):
    """One connection. ``enforce`` is called by the server every half second or so."""

    url: bytes

    def __init__(
        self,
        config: "BoundedConfig",
        server_state: "BoundedState",
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._limits = config.limits
        self._admitted = server_state.admitted
        self._reading = Reading.NOTHING
        self._read_deadline = inf
        self._head_bytes = self._unfinished_bytes = 0
        self._began_in_this_piece = False
        self._body_bytes = self._chunks = self._framing_bytes = 0
        self._body_pace: ReadingPace | None = None
        self._sending = SendingPace(config.limits)
        self._is_deaf = False

    # Connections

    def connection_made(self, transport: asyncio.Transport) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        super().connection_made(transport)
        self._read_deadline = self.loop.time() + self._limits.head_seconds
        if self.client is not None and not self._admitted.admit(self, self.client[0]):
            self._turn_away(TooManyConnections())

    def connection_lost(self, exc: Exception | None) -> None:
        self._admitted.forget(self)
        super().connection_lost(exc)

    @property
    def is_idle(self) -> bool:
        """Whether nobody waits for anything on this connection."""
        return self._reading is Reading.NOTHING and self._is_answered

    def give_way(self) -> None:
        """Close an idle connection, and count it no longer."""
        self._admitted.forget(self)
        self.transport.close()

    @property
    def _is_answered(self) -> bool:
        return self.cycle is None or self.cycle.response_complete  # pyright: ignore[reportUnnecessaryComparison]

    # Bytes

    def data_received(self, data: bytes) -> None:
        if len(data) <= PIECE_BYTES:
            self._read(data)
            return
        whole = memoryview(data)
        for start in range(0, len(data), PIECE_BYTES):
            self._read(whole[start : start + PIECE_BYTES])

    def _read(self, piece: bytes | memoryview) -> None:
        parser = self.parser
        if self._is_deaf or parser is None:
            return
        if self._reading is Reading.NOTHING:
            self._begin_head()
        self._began_in_this_piece = False
        self._body_bytes = self._chunks = 0
        try:
            parser.feed_data(piece)
            if self._reading is not Reading.NOTHING:
                self._count(len(piece))
        except httptools.HttpParserUpgrade:
            # Nothing here speaks anything else: answered as HTTP, and what follows is not a request.
            self._is_deaf = True
            self.cycle.keep_alive = False
        except httptools.HttpParserError as error:
            why = error.__context__
            self._turn_away(why if isinstance(why, Problem) else Malformed())
        except Problem as problem:
            self._turn_away(problem)

    def _count(self, size: int) -> None:
        """Bound what the parser took in without having finished it; raises the refusal."""
        if self._reading is Reading.HEAD:
            if not self._began_in_this_piece:
                self._unfinished_bytes += size
                if self._unfinished_bytes > self._limits.head_max_bytes:
                    raise HeadTooLarge
        elif self._reading is Reading.BODY:
            used = 3 * self._body_bytes + FRAMING_OF_A_CHUNK * self._chunks
            self._framing_bytes = max(0, self._framing_bytes + size - used)
            if self._framing_bytes > FRAMING_MAX_BYTES:
                raise Malformed
            self._keep_pace()

    def _keep_pace(self) -> None:
        if self.cycle.response_complete:
            return  # nobody reads on: the end was set when the answer was given
        now = self.loop.time()
        if self._body_pace is None:
            self._body_pace = ReadingPace(self._limits, now)
            self._body_bytes = max(1, self._body_bytes)  # the end of the head came, that is something
        if self._body_bytes:
            self._body_pace.received += self._body_bytes
            self._read_deadline = self._body_pace.deadline(now)

    def _begin_head(self) -> None:
        self._reading = Reading.HEAD
        self._head_bytes = self._unfinished_bytes = 0
        self._read_deadline = self.loop.time() + self._limits.head_seconds

    # What the parser tells

    def on_message_begin(self) -> None:
        if self._reading is not Reading.HEAD:
            self._begin_head()
        self._began_in_this_piece = True
        super().on_message_begin()

    def on_url(self, url: bytes) -> None:
        self.url += url
        if len(self.url) > self._limits.target_max_bytes:
            raise TargetTooLong
        self._head_bytes += len(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        self._head_bytes += len(name) + len(value) + 4
        if self._head_bytes > self._limits.head_max_bytes or len(self.headers) >= self._limits.headers_max:
            raise HeadTooLarge
        if self._reading is not Reading.HEAD:
            return  # a trailer, which must not pass for a header
        name = name.lower()
        if name == b"expect" and value.lower() == b"100-continue":
            self.expect_100_continue = True
        self.headers.append((name, value))

    def on_headers_complete(self) -> None:
        parser: Any = self.parser
        check_head(parser.get_method(), self.url, parser.get_http_version(), self.headers)
        super().on_headers_complete()
        self._reading = Reading.BODY  # from here on there is a cycle
        self._body_pace = None
        self._framing_bytes = 0
        if len(self.pipeline) > PIPELINED_MAX:
            raise PipelinedTooFar

    def on_chunk_header(self) -> None:
        self._chunks += 1

    def on_body(self, body: bytes) -> None:
        self._body_bytes += len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._reading = Reading.NOTHING
        self._read_deadline = inf
        if self.cycle.response_complete:
            self._wait_for_another()
        else:
            self.cycle.more_body = False
            self.cycle.message_event.set()

    def on_response_complete(self) -> None:
        """As uvicorn's, but that who is idle is found by the server's looks: no request sets a timer."""
        self.server_state.total_requests += 1
        if self.transport.is_closing():
            return
        self.flow.resume_reading()
        if self.pipeline:
            self._start_asgi_task(*self.pipeline.pop())
        elif self._reading is Reading.NOTHING:
            self._wait_for_another()
        elif self._reading is Reading.BODY:  # refused or not wanted: the rest is not waited for as long
            self._read_deadline = min(self._read_deadline, self.loop.time() + self._limits.head_seconds)

    def _wait_for_another(self) -> None:
        self._read_deadline = self.loop.time() + self._limits.keep_alive_seconds

    # Time

    def resume_writing(self) -> None:
        self._sending.taken()
        super().resume_writing()

    def enforce(self, now: float, *, elapsed: float, stalled: float) -> None:
        """End what takes too long. Of ``elapsed`` seconds since the last time ``stalled`` are our fault."""
        waits_for_us = self.flow.read_paused or self._client_waits_for_leave
        self._forgive(elapsed if waits_for_us else stalled)
        self._sending.forgive(stalled)
        if self._sending.is_too_slow(self.transport.get_write_buffer_size(), now):
            self.transport.abort()
        elif now > self._read_deadline and not self.transport.is_closing():
            if self._reading is Reading.NOTHING:
                self.transport.close()
            else:
                self._turn_away(RequestTooSlow())

    @property
    def _client_waits_for_leave(self) -> bool:
        return self._reading is Reading.BODY and self.cycle.waiting_for_100_continue

    def _forgive(self, seconds: float) -> None:
        self._read_deadline += seconds
        if self._body_pace is not None:
            self._body_pace.forgive(seconds)

    # Refusals

    def _turn_away(self, problem: Problem) -> None:
        """Answer with the problem where an answer is due, and close; the application hears that it ended."""
        self._is_deaf = True
        self._read_deadline = inf
        if self.pipeline or not self._may_answer:
            self.transport.abort()
            return
        if not self._is_answered:
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        self.transport.write(raw_answer(problem))
        self.transport.close()

    @property
    def _may_answer(self) -> bool:
        if self._reading is Reading.BODY:
            return not self.cycle.response_started
        return self._is_answered

    def send_400_response(self, msg: str) -> None:
        self._turn_away(Malformed())
