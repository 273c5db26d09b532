"""A way to PostgreSQL that is cut once the server has committed, before the client hears of it."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

_CHUNK = 65_536


class CuttingProxy:
    """Passes bytes both ways, until it is told to cut."""

    def __init__(self, port: int) -> None:
        self._target = "127.0.0.1", port
        self._mark = b""
        self._server: asyncio.Server | None = None
        self.committed = asyncio.Event()
        """A COMMIT was let through and its answer kept."""

    @property
    def port(self) -> int:
        assert self._server is not None
        return self._server.sockets[0].getsockname()[1]

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)

    def cut_commit_after(self, mark: str) -> None:
        """Cut at the COMMIT of the transaction whose statements carry ``mark``, once."""
        self._mark = mark.encode()

    async def _serve(self, client: asyncio.StreamReader, to_client: asyncio.StreamWriter) -> None:
        server, to_server = await asyncio.open_connection(*self._target)
        back = asyncio.create_task(_pass_on(server, to_client))
        is_marked = False
        try:
            while data := await client.read(_CHUNK):
                if b"ROLLBACK" in data:
                    is_marked = False  # another transaction follows on the same connection
                is_marked = is_marked or bool(self._mark and self._mark in data)
                if is_marked and b"COMMIT" in data:
                    self._mark = b""
                    back.cancel()
                    await asyncio.wait([back])
                    to_server.write(data)
                    await server.read(_CHUNK)  # the answer: it is committed
                    self.committed.set()
                    break
                to_server.write(data)
        except OSError:
            pass
        finally:
            back.cancel()
            to_client.transport.abort()
            to_server.transport.abort()

    async def stop(self) -> None:
        assert self._server is not None
        self._server.close()


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(_CHUNK):
            writer.write(data)
    except OSError:
        pass
    finally:
        if not asyncio.current_task().cancelling():  # type: ignore[union-attr]
            writer.close()


@asynccontextmanager
async def cutting_proxy(port: int) -> AsyncGenerator[CuttingProxy]:
    """Before the PostgreSQL on ``port`` of this machine."""
    proxy = CuttingProxy(port)
    await proxy.start()
    try:
        yield proxy
    finally:
        await proxy.stop()
