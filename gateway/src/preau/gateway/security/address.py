"""Whose request it is, as far as the network tells."""

from collections.abc import Mapping
from typing import Any


def client_address(scope: Mapping[str, Any], trusted_proxies: int) -> str:
    """The client's address: the peer's, or behind `trusted_proxies` of ours the one the outermost saw.

    What X-Forwarded-For holds further left was written by the client and is not looked at.
    """
    if trusted_proxies > 0:
        hops: list[str] = []
        for name, value in scope["headers"]:
            if name == b"x-forwarded-for":
                hops.extend(part.strip() for part in value.decode("latin-1").split(","))
        if len(hops) >= trusted_proxies:
            return hops[-trusted_proxies]
    client = scope.get("client")
    return client[0] if client else "unknown"
