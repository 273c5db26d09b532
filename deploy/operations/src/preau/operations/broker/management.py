"""RabbitMQ's management API, as an administrator."""

import asyncio
from types import TracebackType
from typing import Self
from urllib.parse import SplitResult, unquote, urlsplit, urlunsplit

import httpx2

from preau.common.messaging.rabbitmq_topology import parked_name
from preau.operations.broker.changes import Change, Found

PAUSE_SECONDS = 0.5


class BrokerUnreachable(RuntimeError):
    """The management API does not answer, or refuses the administrator."""


def _parts(url: str) -> SplitResult:
    """Raises BrokerUnreachable for what is no address; its text quotes none of it."""
    try:
        parts = urlsplit(url)
        if parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0:
            return parts
    except ValueError:
        pass  # brackets or a port that are none
    raise BrokerUnreachable("the broker's PREAU_BROKER_ADMIN_URL is not http://user:password@host:15672")


class Management:
    """``async with Management("http://user:password@host:15672") as management: …``"""

    def __init__(self, url: str) -> None:
        parts = _parts(url)
        host = parts.netloc.rpartition("@")[2]
        self._url = urlunsplit((parts.scheme, host, parts.path.rstrip("/"), "", ""))
        self._client = httpx2.AsyncClient(
            auth=(unquote(parts.username or ""), unquote(parts.password or "")), timeout=15
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._client.aclose()

    async def find(self) -> Found:
        """All that is there. Raises BrokerUnreachable."""
        definitions = await self._call("GET", "definitions")
        bindings = await self._call("GET", "bindings/%2F")
        return Found(definitions.json(), bindings.json())

    async def find_within(self, patience_seconds: float) -> Found:
        """The same, asked again while the broker is still starting."""
        give_up_at = asyncio.get_running_loop().time() + patience_seconds
        while True:
            try:
                return await self.find()
            except BrokerUnreachable:
                if asyncio.get_running_loop().time() > give_up_at:
                    raise
            await asyncio.sleep(PAUSE_SECONDS)

    async def parked(self) -> dict[str, int]:
        """How many messages are parked of each queue. Raises BrokerUnreachable."""
        queues = (await self._call("GET", "queues/%2F?columns=name,messages")).json()
        counts = {queue["name"]: queue.get("messages", 0) for queue in queues}
        return {name: counts[parked] for name in counts if (parked := parked_name(name)) in counts}

    async def make(self, change: Change) -> None:
        """Raises BrokerUnreachable."""
        await self._call(change.method, change.path, change.body)

    async def _call(self, method: str, path: str, body: object = None) -> httpx2.Response:
        try:
            answer = await self._client.request(method, f"{self._url}/api/{path}", json=body)
        except httpx2.HTTPError as error:
            raise BrokerUnreachable(f"{self._url} does not answer: {error!r}") from error
        gone = method == "DELETE" and answer.status_code == 404
        if not (answer.is_success or gone):
            raise BrokerUnreachable(f"{method} {path}: {answer.status_code} {answer.text[:300]}")
        return answer
