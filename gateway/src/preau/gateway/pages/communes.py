"""The communes as everybody may see them: name, colour, whom to call. Kept a while, they change rarely."""

from __future__ import annotations

from cachetools import TTLCache

from preau.gateway.api.identity import PublicIdentity
from preau.gateway.api.models.identity import CommuneOut
from preau.gateway.api.problems import UNREADABLE, UpstreamProblem

KEPT_SECONDS = 60.0
ALL = "all"


class Communes:
    """The public list, asked of identity at most once a minute."""

    def __init__(self, identity: PublicIdentity) -> None:
        self._identity = identity
        self._known = TTLCache[str, list[CommuneOut]](1, KEPT_SECONDS)

    async def all(self) -> list[CommuneOut]:
        """Every commune; raises UpstreamProblem when none is known and identity does not answer."""
        known = self._known.get(ALL)
        if known is None:
            known = self._known[ALL] = (await self._identity.communes()).items
        return known

    async def find(self, slug: str) -> CommuneOut | None:
        """The commune of a slug, None when there is none."""
        return next((commune for commune in await self.all() if commune.slug == slug), None)

    async def of_session(self, commune_id: str) -> CommuneOut:
        """The commune that a session speaks of, also one opened a moment ago. Raises UpstreamProblem."""
        for _ in range(2):
            for commune in await self.all():
                if commune.commune_id == commune_id:
                    return commune
            self._known.clear()
        raise UpstreamProblem(502, UNREADABLE)
