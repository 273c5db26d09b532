"""Pages go out compressed: a month's calendar weighs 40 kB plain and 5 kB so.

The length of a compressed page tells a little of what is in it. A comment of random length at the end keeps
whoever counts octets on the way from learning the form's token by trying (the BREACH attack, CVE-2013-3587).
"""

from __future__ import annotations

import gzip
import secrets

from starlette.requests import Request
from starlette.responses import HTMLResponse

WORTH_OCTETS = 1024
LEVEL = 5
MOST_PADDING = 48


def html_response(request: Request, content: str, status: int, headers: dict[str, str]) -> HTMLResponse:
    """The page, compressed when the browser takes it and it is worth it."""
    takes_gzip = "gzip" in request.headers.get("accept-encoding", "")
    if not takes_gzip or len(content) < WORTH_OCTETS:
        return HTMLResponse(content, status, {**headers, "Vary": "Accept-Encoding"})
    padding = secrets.token_hex(secrets.randbelow(MOST_PADDING))
    body = gzip.compress(f"{content}<!-- {padding} -->".encode(), LEVEL, mtime=0)
    encoded = {**headers, "Vary": "Accept-Encoding", "Content-Encoding": "gzip"}
    return HTMLResponse(body, status, encoded)
