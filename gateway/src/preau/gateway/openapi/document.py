"""The joined document, fetched from the services and kept for a while."""

import asyncio
import json
from typing import Any, NamedTuple

from cachetools import TLRUCache

from preau.common.logging import logger
from preau.gateway.api.client import ServiceClient
from preau.gateway.api.problems import UpstreamProblem
from preau.gateway.openapi.join import Document, join
from preau.gateway.settings import SERVICES

KEPT_SECONDS = 300.0
KEPT_INCOMPLETE_SECONDS = 5.0

log = logger(__name__)


class _Joined(NamedTuple):
    document: Document
    is_complete: bool


def _kept_until(_key: str, joined: _Joined, now: float) -> float:
    return now + (KEPT_SECONDS if joined.is_complete else KEPT_INCOMPLETE_SECONDS)


class JoinedDocument:
    """A service that does not answer is left out, and asked again soon."""

    def __init__(self, client: ServiceClient, public_url: str) -> None:
        self._client = client
        self._public_url = public_url
        self._lock = asyncio.Lock()
        self._kept = TLRUCache[str, _Joined](1, _kept_until)

    async def read(self) -> Document:
        """The document as it stands."""
        async with self._lock:
            kept = self._kept.get(self._public_url)
            if kept is None:
                kept = self._kept[self._public_url] = await self._join()
            return kept.document

    async def _join(self) -> _Joined:
        found = await asyncio.gather(*(self._fetch(service) for service in SERVICES))
        documents = {service: each for service, each in zip(SERVICES, found, strict=True) if each is not None}
        joined = join(documents, title="Préau", server=self._public_url)
        return _Joined(joined, is_complete=len(documents) == len(SERVICES))

    async def _fetch(self, service: str) -> Any:
        try:
            return json.loads(await self._client.call("GET", service, "/openapi.json"))
        except UpstreamProblem as problem:
            log.warning("service without document", service=service, status=problem.status)
            return None
