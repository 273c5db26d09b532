"""Whether a request's own address can be read: what is asked, and of which host."""

import re
from collections.abc import Mapping
from ipaddress import IPv6Address
from typing import Any

from preau.common.errors import BadRequest

_NAME = re.compile(rb"[A-Za-z0-9._-]{1,253}(:[0-9]{1,5})?")
_IPV6 = re.compile(rb"\[([0-9A-Fa-f:.]{2,45})\](:[0-9]{1,5})?")


class UnreadableAddress(BadRequest):
    """The Host header or the query string are none (RFC 9112, 3.2: answered by 400)."""

    type, title = "unreadable-address", "Adresse illisible"

    def __init__(self) -> None:
        super().__init__("Cette adresse est illisible. Vérifiez-la, ou revenez à l’accueil.")


def check_request_line(scope: Mapping[str, Any]) -> None:
    """Raise UnreadableAddress: frameworks put an address together from its parts and fail on such ones."""
    hosts = [value for name, value in scope["headers"] if name == b"host"]
    if len(hosts) > 1 or not all(map(_is_host, hosts)) or not scope["query_string"].isascii():
        raise UnreadableAddress


def _is_host(value: bytes) -> bool:
    if _NAME.fullmatch(value):
        return True
    match = _IPV6.fullmatch(value)
    try:
        return bool(match) and bool(IPv6Address(match.group(1).decode()))
    except ValueError:
        return False
