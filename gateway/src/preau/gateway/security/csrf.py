"""What a cookie vouches for must come from our own pages: an Origin of ours, and a token sent twice."""

import hmac
import secrets
from collections.abc import Iterable
from urllib.parse import urlsplit

from fastapi import Request

from preau.gateway.proxy.problems import GatewayProblem
from preau.gateway.sessions.cookies import CSRF_COOKIE, csrf_cookie, read_cookie
from preau.gateway.sessions.pages import front, set_cookie

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
FORM_FIELD = "csrf_token"
HEADER = b"x-csrf-token"

_SCOPE_KEY = "preau.csrf"


class ForeignRequest(GatewayProblem):
    """The request was not made from one of our pages, or its page is too old."""

    def __init__(self) -> None:
        super().__init__(
            403,
            "csrf",
            "Requête refusée",
            "Cette page a expiré ou la demande ne vient pas du portail. Rechargez la page et recommencez.",
        )


def came_from_us(headers: Iterable[tuple[bytes, bytes]], public_origin: str) -> bool:
    """Whether Origin, else Referer, is `public_origin` or the very host that was asked."""
    told = dict(headers)
    origin = told.get(b"origin")
    if origin is None:
        referer = urlsplit(told.get(b"referer", b"").decode("latin-1"))
        if not referer.netloc:
            return False
        origin_text = f"{referer.scheme}://{referer.netloc}"
    else:
        origin_text = origin.decode("latin-1")
    host = told.get(b"host", b"").decode("latin-1")
    # Our cookies are bound to our host: where Origin and Host agree, no other site can be speaking.
    return origin_text == public_origin or (
        host != "" and origin_text in {f"http://{host}", f"https://{host}"}
    )


def same_token(headers: Iterable[tuple[bytes, bytes]], sent: str | None) -> bool:
    """Whether the token sent is the twin of the cookie's."""
    kept = read_cookie(headers, CSRF_COOKIE)
    return bool(kept and sent) and hmac.compare_digest(str(kept).encode(), str(sent).encode())


def header_token(headers: Iterable[tuple[bytes, bytes]]) -> str | None:
    """The token in X-CSRF-Token."""
    for name, value in headers:
        if name == HEADER:
            return value.decode("latin-1")
    return None


def csrf_token(request: Request) -> str:
    """The token for this page's forms (field `csrf_token`) and htmx (header X-CSRF-Token)."""
    token = request.scope.get(_SCOPE_KEY) or read_cookie(request.scope["headers"], CSRF_COOKIE)
    if not token:
        token = secrets.token_urlsafe(32)
        set_cookie(request, csrf_cookie(token))
    request.scope[_SCOPE_KEY] = token
    return token


async def csrf_checked(request: Request) -> None:
    """Dependency of every page: refuses an unsafe request without origin and token of ours (ForeignRequest)."""
    if request.method in SAFE_METHODS:
        return
    headers = request.scope["headers"]
    if not came_from_us(headers, front(request).settings.public_origin):
        raise ForeignRequest
    sent = header_token(headers)
    if sent is None:
        field = (await request.form()).get(FORM_FIELD)
        sent = field if isinstance(field, str) else None
    if not same_token(headers, sent):
        raise ForeignRequest
