"""On whose behalf a request goes to a service."""

import hashlib
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from cachetools import LRUCache

from preau.common.errors import Unauthenticated
from preau.common.http.client_address import network_of
from preau.gateway.proxy.routes import Target
from preau.gateway.security.cookies import read_cookie
from preau.gateway.security.csrf import SAFE_METHODS, ForeignRequest, came_from_us, header_token, same_token
from preau.gateway.sessions.cookies import cookie_name, session_cookie
from preau.gateway.sessions.session import Session, unverified_claims
from preau.gateway.sessions.store import Sessions

Headers = list[tuple[bytes, bytes]]

KEPT = 50_000
"""Tokens whose claims are remembered; the least recently used goes first."""
LONGEST_TOKEN_BYTES = 8_192


class NotSignedIn(Unauthenticated):
    """No token, or a session that has ended; `removed_cookie` is to be forgotten by the browser."""

    def __init__(self, removed_cookie: str | None = None) -> None:
        super().__init__("Connectez-vous pour continuer.")
        self.removed_cookie = removed_cookie


@dataclass(frozen=True, slots=True)
class Caller:
    """Who a request speaks for. `account` and `session_id` are only claimed: services verify the token."""

    authorization: str | None = None
    account: str | None = None
    session_id: str | None = None
    session: Session | None = None
    set_cookie: bytes | None = None

    def counted_as(self, address: str) -> str | None:
        """Whose requests these are for the limit by account.

        A token that nobody has verified yet names whom it likes: it counts for its own network only.
        """
        if self.account is None or self.session is not None:
            return self.account
        return f"{self.account} {network_of(address)}"


ANONYMOUS = Caller()


class Callers:
    """Finds the caller of a request: its Bearer token, else its cookie's session."""

    def __init__(self, sessions: Sessions, public_origin: str) -> None:
        self._sessions = sessions
        self._public_origin = public_origin
        self._bearers = LRUCache[bytes, _Claimed](KEPT)

    async def find(self, target: Target, method: str, headers: Headers) -> Caller:
        """Raises NotSignedIn, ForeignRequest, or UpstreamProblem when identity cannot say."""
        authorization = next((value for name, value in headers if name == b"authorization"), None)
        if target.audience == "hook":
            return Caller(authorization.decode("latin-1")) if authorization is not None else ANONYMOUS
        if target.audience not in ("parent", "agent"):
            return ANONYMOUS
        if authorization is not None:
            return await self._bearer(authorization)
        subject = target.audience
        token = read_cookie(headers, cookie_name(subject))
        if token is None:
            raise NotSignedIn
        if method not in SAFE_METHODS and not (
            came_from_us(headers, self._public_origin) and same_token(headers, header_token(headers))
        ):
            raise ForeignRequest
        session = await self._sessions.resolve(subject, token)
        if session is None:
            raise NotSignedIn(removed_cookie=cookie_name(subject))
        rotated = session.refresh_token != token
        return Caller(
            f"Bearer {session.access_token}",
            session.account_id,
            session.session_id,
            session,
            session_cookie(subject, session.refresh_token).encode("latin-1") if rotated else None,
        )

    async def _bearer(self, authorization: bytes) -> Caller:
        """A token passes as it came; where it names a session, that session must still stand."""
        key = hashlib.sha256(authorization).digest()
        claimed = self._bearers.get(key)
        if claimed is None:
            claimed = _read_bearer(authorization)
            self._bearers[key] = claimed
        session_id = claimed.session_id
        if session_id is not None and not await self._sessions.status.is_active(session_id):
            raise NotSignedIn
        return Caller(authorization.decode("latin-1"), claimed.account, session_id)


class _Claimed(NamedTuple):
    """What is kept of a token, some hundred bytes whatever a client sends."""

    account: str | None
    session_id: str | None


def _read_bearer(authorization: bytes) -> _Claimed:
    if len(authorization) > LONGEST_TOKEN_BYTES:
        raise NotSignedIn
    claims = unverified_claims(authorization.decode("latin-1").partition(" ")[2])
    return _Claimed(_uuid(claims.get("sub")), _uuid(claims.get("sid")))


def _uuid(value: object) -> str | None:
    try:
        return str(UUID(value)) if isinstance(value, str) else None
    except ValueError:
        return None
