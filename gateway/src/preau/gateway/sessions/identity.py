"""The gateway's few calls to identity about sessions."""

from dataclasses import dataclass
from typing import Protocol

from preau.gateway.api.client import ServiceClient
from preau.gateway.api.identity import PublicIdentity, SessionIdentity
from preau.gateway.api.problems import UpstreamProblem
from preau.gateway.sessions.session import Session, Subject, session_of


class SessionEnded(Exception):
    """Identity knows this session no more: signed out, expired, or its token was used again by another."""


class SessionSource(Protocol):
    """Where sessions come from and end. Raises UpstreamProblem when identity cannot answer."""

    async def sign_in(self, email: str, password: str, subject: Subject, commune_slug: str | None) -> Session:
        """A new session; UpstreamProblem 401 on wrong credentials, 429 after too many attempts."""
        ...

    async def refresh(self, refresh_token: str) -> Session:
        """The session's successor; raises SessionEnded."""
        ...

    async def is_active(self, session_id: str) -> bool:
        """Whether the session still stands."""
        ...

    async def sign_out(self, session: Session) -> None:
        """End the session for good."""
        ...


@dataclass(frozen=True, slots=True)
class IdentitySessions:
    """SessionSource over identity's HTTP API."""

    client: ServiceClient

    @property
    def _identity(self) -> PublicIdentity:
        return PublicIdentity(self.client)

    async def sign_in(self, email: str, password: str, subject: Subject, commune_slug: str | None) -> Session:
        body = {"email": email, "password": password, "subject": subject}
        if commune_slug:
            body["commune_slug"] = commune_slug
        return session_of(await self._identity.sign_in(body))

    async def refresh(self, refresh_token: str) -> Session:
        try:
            return session_of(await self._identity.refresh(refresh_token))
        except UpstreamProblem as problem:
            if problem.status in {401, 404, 422}:
                raise SessionEnded from problem
            raise

    async def is_active(self, session_id: str) -> bool:
        try:
            return (await self._identity.session_status(session_id)).active
        except UpstreamProblem as problem:
            if problem.status in {404, 422}:
                return False
            raise

    async def sign_out(self, session: Session) -> None:
        own = SessionIdentity(self.client, session.access_token)
        await (own.sign_parent_out() if session.subject == "parent" else own.sign_agent_out())
