"""The joined document, fetched from the services and kept for a while."""

import asyncio
import json
import time
from typing import Any

from preau.common.logging import logger
from preau.gateway.api.client import ServiceClient
from preau.gateway.api.problems import UpstreamProblem
from preau.gateway.openapi.join import Document, join
from preau.gateway.settings import SERVICES

KEPT_SECONDS = 300.0
KEPT_INCOMPLETE_SECONDS = 5.0

log = logger(__name__)


class JoinedDocument:
    """A service that does not answer is left out, and asked again soon."""

    def __init__(self, client: ServiceClient, public_url: str) -> None:
        self._client = client
        self._public_url = public_url
        self._lock = asyncio.Lock()
        self._document: Document | None = None
        self._until = 0.0

    async def read(self) -> Document:
        """The document as it stands."""
        async with self._lock:
            if self._document is None or time.monotonic() > self._until:
                found = await asyncio.gather(*(self._fetch(service) for service in SERVICES))
                documents = {
                    service: each for service, each in zip(SERVICES, found, strict=True) if each is not None
                }
                self._document = join(documents, title="Préau", server=self._public_url)
                complete = len(documents) == len(SERVICES)
                self._until = time.monotonic() + (KEPT_SECONDS if complete else KEPT_INCOMPLETE_SECONDS)
            return self._document

    async def _fetch(self, service: str) -> Any:
        try:
            return json.loads(await self._client.call("GET", service, "/openapi.json"))
        except UpstreamProblem as problem:
            log.warning("service without document", service=service, status=problem.status)
            return None
