"""Access tokens: JWTs signed with Ed25519 by the identity service, verified by each service itself.

Five minutes long, bound to an audience (parents' or agents' routes). Only the algorithm ``Ed25519`` is
accepted, and only keys that the identity service publishes: a token's header chooses neither.
"""

import asyncio
import time
from collections.abc import Callable
from typing import Any, Protocol
from uuid import UUID

import aiohttp
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from preau.common.auth.subjects import ROLES, Agent, Membership, Parent
from preau.common.errors import Unauthenticated, Unavailable
from preau.common.logging import logger

log = logger(__name__)

ISSUER = "preau-identity"
PARENT_AUDIENCE = "preau-parent"
AGENT_AUDIENCE = "preau-agent"
LIFETIME_SECONDS = 300
ALGORITHM = "Ed25519"


class KeySource(Protocol):
    """Where the public keys come from."""

    async def keys(self, *, fresh: bool = False) -> KeySet: ...


class StaticKeys:
    """Keys that are known already: the identity service's own, or a test's."""

    def __init__(self, keys: KeySet) -> None:
        self._keys = keys

    async def keys(self, *, fresh: bool = False) -> KeySet:
        return self._keys


class PublishedKeys:
    """Keys fetched from identity, kept ten minutes, fetched anew for an unknown one (once in 10 s).

    Who needs no fetch never waits for one: a slow identity service does not hold up known tokens.
    """

    def __init__(self, url: str, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._url = url
        self._clock = clock
        self._keys: KeySet | None = None
        self._asked_at = float("-inf")
        self._lock = asyncio.Lock()

    async def keys(self, *, fresh: bool = False) -> KeySet:
        if self._due(fresh=fresh):
            async with self._lock:  # one asks, the others wait for its answer
                if self._due(fresh=fresh):
                    await self._fetch()
        if self._keys is None:
            raise Unavailable("Le service d’identification ne répond pas.", retry_after=2)
        return self._keys

    def _due(self, *, fresh: bool) -> bool:
        pause = 1 if self._keys is None else 10 if fresh else 600
        return self._clock() - self._asked_at > pause

    async def _fetch(self) -> None:
        timeout = aiohttp.ClientTimeout(total=3)
        try:
            async with aiohttp.ClientSession(timeout=timeout) as client, client.get(self._url) as answer:
                answer.raise_for_status()
                self._keys = KeySet.import_key_set(await answer.json())
        except (aiohttp.ClientError, TimeoutError, ValueError, KeyError, TypeError, JoseError) as error:
            # the known keys serve on while identity is away
            log.warning("keys of identity not fetched", error=type(error).__name__)
        finally:
            self._asked_at = self._clock()


class TokenVerifier:
    """Turns a bearer token into a subject, or raises ``Unauthenticated``."""

    def __init__(self, source: KeySource) -> None:
        self._source = source

    async def parent(self, token: str) -> Parent:
        claims = await self._claims(token, PARENT_AUDIENCE)
        try:
            return Parent(
                UUID(claims["sub"]),
                UUID(claims["sid"]),
                tuple(
                    Membership(UUID(item["commune_id"]), UUID(item["family_id"]), UUID(item["guardian_id"]))
                    for item in claims.get("memberships", [])
                ),
            )
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise Unauthenticated("Jeton invalide.") from error

    async def agent(self, token: str) -> Agent:
        claims = await self._claims(token, AGENT_AUDIENCE)
        try:
            return Agent(
                UUID(claims["sub"]),
                UUID(claims["sid"]),
                UUID(claims["commune_id"]),
                frozenset(claims["roles"]) & frozenset(ROLES),
                str(claims.get("name", "")),
            )
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise Unauthenticated("Jeton invalide.") from error

    async def _claims(self, token: str, audience: str) -> dict[str, Any]:
        claims = self._decoded(token, await self._source.keys())
        if claims is None:
            claims = self._decoded(token, await self._source.keys(fresh=True))
        if claims is None:
            raise Unauthenticated("Jeton invalide.")
        if claims.get("iss") != ISSUER or claims.get("aud") != audience:
            raise Unauthenticated("Ce jeton n’ouvre pas cette porte.")
        expires = claims.get("exp")
        if not isinstance(expires, int | float) or not expires > time.time():  # NaN compares with nothing
            raise Unauthenticated("La session a expiré.")
        return claims

    @staticmethod
    def _decoded(token: str, keys: KeySet) -> dict[str, Any] | None:
        try:
            decoded = jwt.decode(token, keys, algorithms=[ALGORITHM])
        except (JoseError, ValueError):
            return None
        return dict(decoded.claims)
