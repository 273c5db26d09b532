"""What a cookie vouches for must come from our own pages: an Origin of ours, and a token sent twice."""

import hmac
from collections.abc import Iterable
from urllib.parse import urlsplit

from preau.common.errors import Forbidden
from preau.gateway.security.cookies import CSRF_COOKIE, read_cookie

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
HEADER = b"x-csrf-token"


class ForeignRequest(Forbidden):
    """The request was not made from one of our pages, or its page is too old."""

    type, title = "csrf", "Requête refusée"

    def __init__(self) -> None:
        super().__init__(
            "Cette page a expiré ou la demande ne vient pas du portail. Rechargez la page et recommencez."
        )


def came_from_us(headers: Iterable[tuple[bytes, bytes]], public_origin: str) -> bool:
    """Whether Origin, else Referer, is `public_origin` or the very host that was asked."""
    by_name = dict(headers)
    origin = by_name.get(b"origin")
    if origin is None:
        try:
            referer = urlsplit(by_name.get(b"referer", b"").decode("latin-1"))
        except ValueError:  # "http://[" and the like
            return False
        if not referer.netloc:
            return False
        origin_text = f"{referer.scheme}://{referer.netloc}"
    else:
        origin_text = origin.decode("latin-1")
    host = by_name.get(b"host", b"").decode("latin-1")
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
