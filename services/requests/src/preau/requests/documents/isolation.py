"""Cleans a file in a process of its own: a hostile one can exhaust or crash that process, not the service."""

import asyncio
import contextlib
import json
import sys

from preau.common.logging import logger
from preau.requests.documents.cleaning import CleanFile, FileRefused
from preau.requests.documents.errors import TooManyUploads

AT_ONCE = 2
WAITING_MOST = 16
MEMORY_BYTES = 1 << 30
TIMEOUT_SECONDS = 30
OUTPUT_BYTES = 64 * 1024 * 1024
PIECE_BYTES = 256 * 1024
GAVE_UP = "Ce fichier n’a pas pu être ouvert. Envoyez une photo ou une copie plus simple (PDF, JPEG ou PNG)."

log = logger(__name__)


class Cleaner:
    """Cleans files, a few at once: decoding takes a processor and up to a gigabyte each."""

    def __init__(
        self,
        *,
        memory_bytes: int = MEMORY_BYTES,
        timeout_seconds: float = TIMEOUT_SECONDS,
        output_bytes: int = OUTPUT_BYTES,
    ) -> None:
        self._memory_bytes = memory_bytes
        self._timeout_seconds = timeout_seconds
        self._output_bytes = output_bytes
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._waiting = 0

    async def clean(self, data: bytes) -> CleanFile:
        """A clean copy of ``data``.

        Raises:
            FileRefused: the file is of no accepted type, or could not be decoded within the limits.
            TooManyUploads: enough others wait.
        """
        if self._waiting >= WAITING_MOST:
            raise TooManyUploads
        self._waiting += 1
        try:
            async with self._turns:
                output = await self._run(data)
        finally:
            self._waiting -= 1
        header, _, body = output.partition(b"\n")
        answer = json.loads(header)
        if "refused" in answer:
            raise FileRefused(answer["refused"])
        return CleanFile(body, answer["media_type"])

    async def _run(self, data: bytes) -> bytes:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-I", "-m", "preau.requests.documents.cleaning", str(self._memory_bytes)),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env={"LC_ALL": "C.UTF-8"},  # none of our secrets
        )
        try:
            async with asyncio.timeout(self._timeout_seconds):
                output = await self._converse(process, data)
                await process.wait()
        except TimeoutError:
            raise FileRefused(GAVE_UP) from None
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        if process.returncode != 0:
            log.warning("cleaning failed", returncode=process.returncode, size=len(data))
            raise FileRefused(GAVE_UP)
        return output

    async def _converse(self, process: asyncio.subprocess.Process, data: bytes) -> bytes:
        """Give the file and take the answer; raises ``FileRefused`` when it swells beyond all measure."""
        assert process.stdin is not None  # noqa: S101 - pipes were asked for
        assert process.stdout is not None  # noqa: S101
        giving = asyncio.create_task(_give(process.stdin, data))
        output = bytearray()
        try:
            while piece := await process.stdout.read(PIECE_BYTES):
                output += piece
                if len(output) > self._output_bytes:
                    raise FileRefused(GAVE_UP)
        finally:
            giving.cancel()
        return bytes(output)


async def _give(pipe: asyncio.StreamWriter, data: bytes) -> None:
    with contextlib.suppress(OSError):  # it ended before it had read all
        pipe.write(data)
        await pipe.drain()
        pipe.close()
