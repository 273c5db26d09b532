"""The cookies that keep sessions."""

from preau.gateway.security.cookies import DAY_SECONDS, SetCookie, cookie
from preau.gateway.sessions.session import Subject

PARENT_COOKIE = "__Host-preau_session"
AGENT_COOKIE = "__Host-preau_agent"
PARENT_DAYS = 30


def cookie_name(subject: Subject) -> str:
    """A parent and an agent may be signed in side by side in one browser."""
    return PARENT_COOKIE if subject == "parent" else AGENT_COOKIE


def session_cookie(subject: Subject, refresh_token: str) -> SetCookie:
    """Keeps a session; an agent's ends with the browser."""
    lasts = PARENT_DAYS * DAY_SECONDS if subject == "parent" else None
    return cookie(cookie_name(subject), refresh_token, lasts_seconds=lasts)
