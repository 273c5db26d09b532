"""Whose request it is, as far as the network tells."""

from collections.abc import Mapping
from contextvars import ContextVar
from functools import lru_cache
from typing import Any

from preau.common.http.client_address import Networks, is_within, parsed_address

asking_address: ContextVar[str] = ContextVar("asking_address", default="")
"""The address for which the present task works; the pages' calls to services tell it."""


def client_address(scope: Mapping[str, Any], trusted_proxies: Networks) -> str:
    """The client's address: the peer's, or when that is a proxy of ours, the one that the proxy saw.

    X-Forwarded-For is read from its right end for as long as a proxy of ours wrote it; what stands further
    left was written by the client and is not looked at. "" when nobody can tell.
    """
    client = scope.get("client")
    address = _bare(client[0]) if client else ""
    for hop in reversed(_forwarded_for(scope) if trusted_proxies else []):
        if not is_within(address, trusted_proxies) or not (before := _bare(hop)):
            break
        address = before
    return address


def _forwarded_for(scope: Mapping[str, Any]) -> list[str]:
    values = [value for name, value in scope["headers"] if name == b"x-forwarded-for"]
    return b",".join(values).decode("latin-1").split(",")


@lru_cache(maxsize=4096)
def _bare(hop: str) -> str:
    """The address without the port that some proxies add, "" when it is none."""
    text = hop.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    parsed = parsed_address(text)
    return "" if parsed is None else str(parsed)
