"""The communes as everybody may see them: name, colour, whom to call. Kept a while, they change rarely."""

from __future__ import annotations

import time
from typing import Any

from preau.gateway.api.client import ServiceClient

KEPT_SECONDS = 60.0


class Communes:
    """The public list, asked of identity at most once a minute."""

    def __init__(self, client: ServiceClient) -> None:
        self._client = client
        self._known: list[dict[str, Any]] = []
        self._until = 0.0

    async def all(self) -> list[dict[str, Any]]:
        """Every commune; raises UpstreamProblem when none is known and identity does not answer."""
        if time.monotonic() > self._until:
            answer = await self._client.get("identity", "/public/communes")
            self._known = list(answer["items"])
            self._until = time.monotonic() + KEPT_SECONDS
        return self._known

    async def find(self, *, slug: str = "", commune_id: str = "") -> dict[str, Any] | None:
        """The commune of a slug or an id, None when there is none."""
        for commune in await self.all():
            if commune["slug"] == slug or str(commune["commune_id"]) == commune_id:
                return commune
        return None
