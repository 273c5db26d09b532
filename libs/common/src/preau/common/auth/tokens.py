"""Access tokens: JWTs signed with Ed25519 by the identity service, verified by each service itself.

Five minutes long, bound to an audience (parents' or agents' routes). Only the algorithm ``Ed25519`` is
accepted, and only keys that the identity service publishes: a token's header chooses neither. A page asks
several services several times within a token's life: what was verified is remembered, letter by letter.
"""

import asyncio
import hashlib
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any, NamedTuple, Protocol, TypeVar
from uuid import UUID

import aiohttp
from cachetools import TLRUCache
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
Speaks = TypeVar("Speaks", Parent, Agent)

KEPT = 20_000
"""Verified tokens that a process remembers; the one that was not used for longest goes first."""


class KeySource(Protocol):
    """Where the public keys come from. As long as they are the same it gives the same ``KeySet``."""

    async def keys(self, *, fresh: bool = False) -> KeySet: ...


class StaticKeys:
    """Keys that are known already: the identity service's own, or a test's."""

    def __init__(self, keys: KeySet) -> None:
        self._keys = keys

    async def keys(self, *, fresh: bool = False) -> KeySet:
        return self._keys


class KeptKeys(ABC):
    """Keys that are read somewhere and kept for a while, read anew for an unknown one.

    Who needs no reading never waits for one: a slow source does not hold up known tokens.
    """

    kept_seconds = 600
    pause_seconds = 10
    """Between two readings for unknown keys."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._keys: KeySet | None = None
        self._asked_at = float("-inf")
        self._lock = asyncio.Lock()

    async def keys(self, *, fresh: bool = False) -> KeySet:
        if self._due(fresh=fresh):
            async with self._lock:  # one asks, the others wait for its answer
                if self._due(fresh=fresh):
                    await self._read_again()
        if self._keys is None:
            raise Unavailable("Le service d’identification ne répond pas.", retry_after=2)
        return self._keys

    def _due(self, *, fresh: bool) -> bool:
        pause = min(1, self.pause_seconds) if self._keys is None else self.kept_seconds
        return self._clock() - self._asked_at > (min(pause, self.pause_seconds) if fresh else pause)

    async def _read_again(self) -> None:
        try:
            read = await self.read()
            if read is not None and (self._keys is None or read.as_dict() != self._keys.as_dict()):
                self._keys = read
        finally:
            self._asked_at = self._clock()

    @abstractmethod
    async def read(self) -> KeySet | None:
        """The keys as they are now; None when the known ones serve on."""


class PublishedKeys(KeptKeys):
    """Keys fetched from identity: kept ten minutes, fetched anew for an unknown one once in 10 s."""

    def __init__(self, url: str, *, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(clock)
        self._url = url

    async def read(self) -> KeySet | None:
        """None while identity is away."""
        timeout = aiohttp.ClientTimeout(total=3)
        try:
            async with aiohttp.ClientSession(timeout=timeout) as client, client.get(self._url) as answer:
                answer.raise_for_status()
                return KeySet.import_key_set(await answer.json())
        except (aiohttp.ClientError, TimeoutError, ValueError, KeyError, TypeError, JoseError) as error:
            log.warning("keys of identity not fetched", error=type(error).__name__)
            return None


class _Verified(NamedTuple):
    """A token that was good, under the keys by which it was."""

    keys: KeySet
    expires: float
    subject: Parent | Agent


def _until(_digest: bytes, verified: _Verified, _now: float) -> float:
    return verified.expires


class TokenVerifier:
    """Turns a bearer token into a subject, or raises ``Unauthenticated``.

    A token that was verified is remembered until it expires or the keys are others; whether its session
    still stands is asked by the gateway (``SessionStatus``) at every request, remembered or not.
    """

    def __init__(self, source: KeySource, *, kept: int = KEPT) -> None:
        self._source = source
        self._verified: TLRUCache[bytes, _Verified] = TLRUCache(kept, _until, timer=lambda: time.time())

    async def parent(self, token: str) -> Parent:
        """The parent who presents the token."""
        known = await self._remembered(token)
        return known if isinstance(known, Parent) else await self._verify(token, PARENT_AUDIENCE, _parent_of)

    async def agent(self, token: str) -> Agent:
        """The agent who presents the token."""
        known = await self._remembered(token)
        return known if isinstance(known, Agent) else await self._verify(token, AGENT_AUDIENCE, _agent_of)

    async def _remembered(self, token: str) -> Parent | Agent | None:
        verified = self._verified.get(_digest(token))
        if verified is None or verified.keys is not await self._source.keys():
            return None
        return verified.subject

    async def _verify(self, token: str, audience: str, read: Callable[[dict[str, Any]], Speaks]) -> Speaks:
        keys = await self._source.keys()
        claims = _decoded(token, keys)
        if claims is None:
            keys = await self._source.keys(fresh=True)
            claims = _decoded(token, keys)
        if claims is None:
            raise Unauthenticated("Jeton invalide.")
        if claims.get("iss") != ISSUER or claims.get("aud") != audience:
            raise Unauthenticated("Ce jeton n’est pas fait pour cet usage.")
        expires = claims.get("exp")
        if not isinstance(expires, int | float) or not expires > time.time():  # NaN compares with nothing
            raise Unauthenticated("La session a expiré.")
        try:
            subject = read(claims)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise Unauthenticated("Jeton invalide.") from error
        self._verified[_digest(token)] = _Verified(keys, expires, subject)
        return subject


def _digest(token: str) -> bytes:
    """What stands for a token in memory: a dump of it opens nothing."""
    return hashlib.sha256(token.encode()).digest()


def _decoded(token: str, keys: KeySet) -> dict[str, Any] | None:
    try:
        decoded = jwt.decode(token, keys, algorithms=[ALGORITHM])
    except (JoseError, ValueError):
        return None
    return dict(decoded.claims)


def _parent_of(claims: dict[str, Any]) -> Parent:
    return Parent(
        UUID(claims["sub"]),
        UUID(claims["sid"]),
        tuple(
            Membership(UUID(item["commune_id"]), UUID(item["family_id"]), UUID(item["guardian_id"]))
            for item in claims.get("memberships", [])
        ),
    )


def _agent_of(claims: dict[str, Any]) -> Agent:
    return Agent(
        UUID(claims["sub"]),
        UUID(claims["sid"]),
        UUID(claims["commune_id"]),
        frozenset(claims["roles"]) & frozenset(ROLES),
        str(claims.get("name", "")),
    )
