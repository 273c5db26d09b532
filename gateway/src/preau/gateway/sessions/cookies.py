"""The cookies: `__Host-` (this host alone, whole site, Secure), HttpOnly, SameSite=Lax."""

from collections.abc import Iterable

from preau.gateway.sessions.session import Subject

PARENT_COOKIE = "__Host-preau_session"
AGENT_COOKIE = "__Host-preau_agent"
CSRF_COOKIE = "__Host-preau_csrf"

ATTRIBUTES = "Path=/; Secure; HttpOnly; SameSite=Lax"
PARENT_DAYS = 30
DAY_SECONDS = 86_400


def cookie_name(subject: Subject) -> str:
    """A parent and an agent may be signed in side by side in one browser."""
    return PARENT_COOKIE if subject == "parent" else AGENT_COOKIE


def session_cookie(subject: Subject, refresh_token: str) -> str:
    """The Set-Cookie value that keeps a session; an agent's ends with the browser."""
    lasting = f"; Max-Age={PARENT_DAYS * DAY_SECONDS}" if subject == "parent" else ""
    return f"{cookie_name(subject)}={refresh_token}; {ATTRIBUTES}{lasting}"


def removal_cookie(name: str) -> str:
    """The Set-Cookie value that forgets the cookie `name`."""
    return f"{name}=; {ATTRIBUTES}; Max-Age=0"


def csrf_cookie(token: str) -> str:
    """The Set-Cookie value of the CSRF token's twin."""
    return f"{CSRF_COOKIE}={token}; {ATTRIBUTES}"


def read_cookie(headers: Iterable[tuple[bytes, bytes]], name: str) -> str | None:
    """The value of one cookie among an ASGI scope's headers, None when absent or empty."""
    wanted = name.encode() + b"="
    for header, value in headers:
        if header == b"cookie":
            for part in value.split(b";"):
                pair = part.strip()
                if pair.startswith(wanted):
                    return pair[len(wanted) :].decode("latin-1") or None
    return None
