"""What the head of a request must hold before any application is asked (RFC 9112 §3.2)."""

import re
from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import urlsplit

import httptools

from preau.common.server.refusals import Malformed

_HOST = re.compile(r"(?:[\w.~!$&'()*+,;=%-]*|\[[\da-f:.]+\])(?::\d*)?", re.ASCII | re.IGNORECASE)


def check_head(method: bytes, target: bytes, version: str, headers: Iterable[tuple[bytes, bytes]]) -> None:
    """Raise ``Malformed`` for a tunnel, a target without a path, and a missing, doubled or odd Host."""
    host: bytes | None = None
    for name, value in headers:
        if name == b"host":
            if host is not None or not _is_host(value):
                raise Malformed
            host = value
    if method == b"CONNECT" or not _has_path(target) or (host is None and version != "1.0"):
        raise Malformed


@lru_cache(1024)
def _is_host(value: bytes) -> bool:
    host = value.decode("latin-1").strip(" \t")
    try:
        _ = urlsplit(f"//{host}").port
    except ValueError:
        return False
    return _HOST.fullmatch(host) is not None


def _has_path(target: bytes) -> bool:
    if target[:1] == b"/":
        return True  # uvicorn parses it all the same
    try:
        path = httptools.parse_url(target).path or b""  # it may be None, whatever is declared
        return path.startswith(b"/")
    except httptools.HttpParserInvalidURLError:
        return False
