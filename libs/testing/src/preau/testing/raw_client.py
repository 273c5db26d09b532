"""A client that writes what it likes into a socket: what a library of HTTP would never send."""

import asyncio
import socket
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from typing import NamedTuple
from urllib.parse import urlsplit

PATIENCE_SECONDS = 60.0
"""For what must happen, on a busy machine too."""
RECEIVED_AHEAD_BYTES = 65536
"""Little, so that a client that does not read is soon noticed."""


class RawAnswer(NamedTuple):
    """What came back; status 0 when the connection ended without an answer."""

    status: int
    head: bytes
    body: bytes


class RawClient:
    """One connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def send(self, data: bytes) -> bool:
        """Whether the connection still takes something."""
        try:
            self._writer.write(data)
            await self._writer.drain()
        except OSError:
            return False
        return not self._reader.at_eof()

    async def drip(self, data: bytes, *, piece_bytes: int = 1, every_seconds: float = 0.02) -> None:
        """Send bit by bit, over and over, until the server has enough of it."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                for start in range(0, len(data), piece_bytes):
                    if not await self.send(data[start : start + piece_bytes]):
                        return
                    await asyncio.sleep(every_seconds)

    async def answer(self) -> RawAnswer:
        """The next answer whole."""
        head = body = b""
        async with asyncio.timeout(PATIENCE_SECONDS):
            with suppress(OSError, asyncio.IncompleteReadError):
                head = await self._reader.readuntil(b"\r\n\r\n")
                for line in head.lower().split(b"\r\n"):
                    if line.startswith(b"content-length:"):
                        body = await self._reader.readexactly(int(line.partition(b":")[2]))
        return RawAnswer(int(head.split(b" ")[1]) if head else 0, head, body)

    async def take(self, most_bytes: int) -> int:
        """Read once; how many bytes there were, 0 at the end."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            return len(await self._reader.read(most_bytes))

    async def is_closed(self) -> bool:
        """Wait until the server has closed; what still comes is not looked at."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            with suppress(OSError):
                while await self._reader.read(65536):
                    pass
        return True

    def close(self) -> None:
        self._writer.transport.abort()


@asynccontextmanager
async def raw_client(url: str, *, source: str = "127.0.0.1") -> AsyncGenerator[RawClient]:
    """Connect to the server of ``url`` from the loopback address ``source``."""
    parts = urlsplit(url)
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVED_AHEAD_BYTES)
    connection.setblocking(False)
    connection.bind((source, 0))
    await asyncio.get_running_loop().sock_connect(connection, (parts.hostname, parts.port))
    reader, writer = await asyncio.open_connection(sock=connection)
    client = RawClient(reader, writer)
    try:
        yield client
    finally:
        client.close()


@asynccontextmanager
async def served_meanwhile(url: str, path: str = "/other") -> AsyncGenerator[None]:
    """Ask again and again, each time over a new connection, while the block runs: each must get its 200."""

    async def ask() -> None:
        async with raw_client(url) as client:
            await client.send(get(path))
            if (answer := await client.answer()).status != 200:
                raise AssertionError(f"not served meanwhile: {answer}")

    async def go_on() -> None:
        while True:
            await ask()
            await asyncio.sleep(0.05)

    asking = asyncio.create_task(go_on())
    try:
        yield
        await ask()
    finally:
        asking.cancel()
    with suppress(asyncio.CancelledError):
        await asking


def get(path: str = "/", *headers: bytes) -> bytes:
    """A whole GET."""
    lines = [f"GET {path} HTTP/1.1".encode(), b"host: here", *headers]
    return b"\r\n".join(lines) + b"\r\n\r\n"


def post(path: str, *headers: bytes, body: bytes = b"") -> bytes:
    """The head of a POST, with what is already there of its body."""
    lines = [f"POST {path} HTTP/1.1".encode(), b"host: here", *headers]
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


ODD_TARGETS = (
    *(b"a:80", b"a", b"*", b"", b"?x", b"#", b"\xe9", b"/\xe9", b"/?\xe9", b"/a#\xe9", b"/a b"),
    *(
        b"http://",
        b"http://[",
        b"http:///",
        b"http:a",
        b"http://a",
        b"http://a?b",
        b"http://a#/x",
        b"javascript:1",
    ),
    *(b"http://@/", b"http://a@b:c/", b"http://a:99999/", b"http://\xe9/", b"http://a/\xe9"),
)
"""What stands where a path should, of which no path can be made."""
ODD_HOSTS = (
    b"",
    b"host: here\r\nhost: here\r\n",
    b"host: here\r\nHOST: there\r\n",
    *(
        b"host: " + host + b"\r\n"
        for host in (b"a, b c", b"[", b"[::::]", b"a:b", b"a:99999", b"a/b", b"u@a", b"\xe9")
    ),
)
"""Lines that name no host, or not one."""
