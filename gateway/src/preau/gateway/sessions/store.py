"""The sessions that this gateway holds in memory, found by the hash of the cookie's refresh token."""

import hashlib
from dataclasses import replace

from cachetools import LRUCache, TTLCache

from preau.gateway.sessions.identity import SessionEnded, SessionSource
from preau.gateway.sessions.session import Session, Subject
from preau.gateway.sessions.session_status import SessionStatus
from preau.gateway.sessions.single_flight import SingleFlight

KEPT = 50_000
"""Sessions kept; the least recently used goes first and is fetched again at its next request."""

GRACE_SECONDS = 60.0
"""How long a rotated token still leads to its successor here: the span identity grants too.
Later it goes to identity, which takes its reuse for theft and ends the session."""


def token_hash(token: str) -> str:
    """What stands for a token in memory: a dump of it opens nothing."""
    return hashlib.sha256(token.encode()).hexdigest()


class Sessions:
    """Exchanges cookies for sessions, once for many requests at a time."""

    def __init__(self, source: SessionSource, recheck_seconds: float) -> None:
        self._source = source
        self._in_force = LRUCache[str, Session](KEPT)
        self._successors = TTLCache[str, Session](KEPT, GRACE_SECONDS)
        self._exchanges = SingleFlight[Session]()
        self.status = SessionStatus(source, recheck_seconds)

    async def resolve(self, subject: Subject, refresh_token: str) -> Session | None:
        """The live session of a cookie, None when it has ended.

        The answer's `refresh_token` differs from the one given when it was rotated: set the cookie anew.
        Raises UpstreamProblem when identity cannot say.
        """
        key = token_hash(refresh_token)
        session = self._in_force.get(key) or self._successors.get(key)
        if session is None or not session.is_fresh:
            session = await self._exchange(session.refresh_token if session else refresh_token, key)
        if session is None or session.subject != subject:
            return None
        if not await self.status.is_active(session.session_id):
            self._forget(session)
            return None
        return session

    async def sign_in(
        self, email: str, password: str, subject: Subject, commune_slug: str | None = None
    ) -> Session:
        """A new session; UpstreamProblem tells why not (401 wrong credentials, 429 too many attempts)."""
        session = await self._source.sign_in(email, password, subject, commune_slug)
        self._keep(session)
        return session

    async def renew(self, session: Session) -> Session:
        """Fetch the session anew because its rights changed (a commune joined); raises SessionEnded."""
        renewed = await self._exchange(session.refresh_token, token_hash(session.refresh_token))
        if renewed is None:
            raise SessionEnded
        return renewed

    def outdate(self, session: Session) -> None:
        """Fetch the session anew at its next request: its rights may have changed."""
        kept = self._in_force.get(key := token_hash(session.refresh_token))
        if kept is not None:
            self._in_force[key] = replace(kept, renew_at=0.0)

    async def sign_out(self, session: Session) -> None:
        """End the session at identity and here at once."""
        self._forget(session)
        self.status.record(session.session_id, active=False)
        await self._source.sign_out(session)

    async def _exchange(self, refresh_token: str, asked_by: str) -> Session | None:
        async def fetch() -> Session:
            successor = await self._source.refresh(refresh_token)
            self._keep(successor)
            for key in {asked_by, token_hash(refresh_token)} - {token_hash(successor.refresh_token)}:
                self._in_force.pop(key, None)
                self._successors[key] = successor
            return successor

        try:
            return await self._exchanges.run(token_hash(refresh_token), fetch)
        except SessionEnded:
            for key in {asked_by, token_hash(refresh_token)}:
                self._in_force.pop(key, None)
                self._successors.pop(key, None)
            return None

    def _keep(self, session: Session) -> None:
        self.status.record(session.session_id, active=True)
        self._in_force[token_hash(session.refresh_token)] = session

    def _forget(self, session: Session) -> None:
        self._in_force.pop(token_hash(session.refresh_token), None)
