"""The cookies: `__Host-` (this host alone, whole site, Secure), HttpOnly, SameSite=Lax."""

from collections.abc import Iterable
from typing import NewType

CSRF_COOKIE = "__Host-preau_csrf"
FLASH_COOKIE = "__Host-preau_flash"
FAMILY_COOKIE = "__Host-preau_foyer"
CALENDAR_COOKIE = "__Host-preau_calendrier"
KEPT_COOKIE = "__Host-preau_kept"
SHORTCUTS_COOKIE = "__Host-preau_keys"

PREFIX = "__Host-"
ATTRIBUTES = "Path=/; Secure; HttpOnly; SameSite=Lax"
DAY_SECONDS = 86_400


SetCookie = NewType("SetCookie", str)
"""The value of a Set-Cookie header: `cookie` alone makes them, so that there is one kind."""


def cookie(name: str, value: str, *, lasts_seconds: int | None = None) -> SetCookie:
    """A cookie that scripts cannot read and no other host can set; by default it ends with the browser.

    Browsers take Secure cookies from http://localhost too: development needs no exception.
    """
    if not name.startswith(PREFIX):
        raise ValueError(f"{name} could be set by another host: it needs the prefix {PREFIX}")
    lasting = "" if lasts_seconds is None else f"; Max-Age={lasts_seconds}"
    return SetCookie(f"{name}={value}; {ATTRIBUTES}{lasting}")


def removal_cookie(name: str) -> SetCookie:
    """Forgets the cookie `name`."""
    return cookie(name, "", lasts_seconds=0)


def csrf_cookie(token: str) -> SetCookie:
    """The CSRF token's twin."""
    return cookie(CSRF_COOKIE, token)


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
