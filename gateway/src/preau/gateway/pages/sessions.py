"""What the pages ask of sessions: FastAPI dependencies, and cookies set with the answer."""

from dataclasses import dataclass
from typing import Annotated
from urllib.parse import quote

from fastapi import Depends, Request

from preau.common.auth.sealed import Seals
from preau.gateway.api.client import ServiceClient
from preau.gateway.api.identity import PublicIdentity
from preau.gateway.security.cookies import SetCookie, read_cookie, removal_cookie
from preau.gateway.sessions.cookies import cookie_name, session_cookie
from preau.gateway.sessions.identity import SessionEnded
from preau.gateway.sessions.session import Session, Subject
from preau.gateway.sessions.store import Sessions
from preau.gateway.settings import GatewaySettings

COOKIES_TO_SET = "preau.cookies"
"""Where in the ASGI scope the values of Set-Cookie wait for the answer; `PagesMiddleware` sends them."""

SIGN_IN_PATHS: dict[Subject, str] = {"parent": "/connexion", "agent": "/agent/connexion"}


class SignInRequired(Exception):
    """The page is for somebody signed in. Answered by a redirect to the sign-in page, which leads back."""

    def __init__(self, subject: Subject, return_to: str | None) -> None:
        super().__init__(subject)
        suite = f"?suite={quote(return_to, safe='')}" if return_to else ""
        self.location = SIGN_IN_PATHS[subject] + suite


@dataclass(frozen=True, slots=True)
class PagesState:
    """What every page may use, at `app.state.pages`."""

    settings: GatewaySettings
    client: ServiceClient
    sessions: Sessions
    seals: Seals
    """Seal what a browser keeps for a form."""


def pages_state(request: Request) -> PagesState:
    """The running gateway's client, sessions and settings."""
    return request.app.state.pages


def set_cookie(request: Request, made: SetCookie) -> None:
    """Send the cookie with the answer, whatever answer that is."""
    request.scope.setdefault(COOKIES_TO_SET, []).append(made)


async def session_of_request(request: Request, subject: Subject) -> Session | None:
    """The live session of the request's cookie, None without one; renews or clears the cookie as needed."""
    name = cookie_name(subject)
    token = read_cookie(request.scope["headers"], name)
    if token is None:
        return None
    session = await pages_state(request).sessions.resolve(subject, token)
    if session is None:
        set_cookie(request, removal_cookie(name))
    elif session.refresh_token != token:
        set_cookie(request, session_cookie(subject, session.refresh_token))
    return session


async def _required(request: Request, subject: Subject) -> Session:
    session = await session_of_request(request, subject)
    if session is None:
        reached_again = request.method == "GET"
        query = f"?{request.url.query}" if request.url.query else ""
        raise SignInRequired(subject, request.url.path + query if reached_again else None)
    return session


async def _parent(request: Request) -> Session:
    return await _required(request, "parent")


async def _agent(request: Request) -> Session:
    return await _required(request, "agent")


async def _perhaps_parent(request: Request) -> Session | None:
    return await session_of_request(request, "parent")


async def _client(request: Request) -> ServiceClient:
    return pages_state(request).client


async def _identity(request: Request) -> PublicIdentity:
    return PublicIdentity(pages_state(request).client)


ParentSession = Annotated[Session, Depends(_parent)]
"""The signed-in parent; without one, a redirect to sign in."""
AgentSession = Annotated[Session, Depends(_agent)]
"""The signed-in agent; without one, a redirect to sign in."""
PerhapsParent = Annotated[Session | None, Depends(_perhaps_parent)]
"""The signed-in parent or None, for pages open to all."""
Client = Annotated[ServiceClient, Depends(_client)]
"""The client to the services."""
Identity = Annotated[PublicIdentity, Depends(_identity)]
"""What identity opens to all."""


async def sign_in(
    request: Request, email: str, password: str, subject: Subject, commune_slug: str | None = None
) -> Session:
    """Sign in and keep the session in this browser: always a new one, whatever cookie came (no fixation).

    Raises UpstreamProblem: 401 wrong credentials, 429 too many attempts (`retry_after_seconds`).
    """
    session = await pages_state(request).sessions.sign_in(email, password, subject, commune_slug)
    set_cookie(request, session_cookie(subject, session.refresh_token))
    return session


async def renew(request: Request, session: Session) -> Session:
    """Fetch the session again after its rights changed (a commune joined) and keep it in this browser."""
    try:
        renewed = await pages_state(request).sessions.renew(session)
    except SessionEnded:
        set_cookie(request, removal_cookie(cookie_name(session.subject)))
        raise SignInRequired(session.subject, None) from None
    set_cookie(request, session_cookie(session.subject, renewed.refresh_token))
    return renewed


async def sign_out(request: Request, subject: Subject) -> None:
    """End this browser's session of `subject`, if any."""
    set_cookie(request, removal_cookie(cookie_name(subject)))
    session = await session_of_request(request, subject)
    if session is not None:
        request.scope[COOKIES_TO_SET] = [removal_cookie(cookie_name(subject))]
        await pages_state(request).sessions.sign_out(session)
