"""Whose request it is: the address that the gateway saw, in a header that it alone can write.

The gateway signs the address with a key that it shares with the services; whoever reaches a service without
the key is known by the address of its own connection. What is counted goes by ``network_of`` an address: a
household, a phone or a rented server has a whole IPv6 /64 to choose from.
"""

import hmac
from collections.abc import Iterable, Sequence
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Annotated

from fastapi import Depends, Request

from preau.common.settings import DEMONSTRATION_PASSWORD

ADDRESS_HEADER = "x-preau-client-address"
SIGNATURE_HEADER = "x-preau-client-signature"
SHORTEST_KEY = 32

Networks = Sequence[IPv4Network | IPv6Network]

_PURPOSE = "preau client address\n"
_IPV6_NETWORK_BITS = 64


def check_gateway_key(key: str, *, in_development: bool) -> None:
    """Raise ``ValueError`` for a key that nothing real may rest on; development may go without."""
    if in_development:
        return
    if key == DEMONSTRATION_PASSWORD:
        raise ValueError("PREAU_GATEWAY_KEY: the demonstration's is refused outside development")
    if len(key) < SHORTEST_KEY:
        raise ValueError(f"PREAU_GATEWAY_KEY is missing or shorter than {SHORTEST_KEY} characters")


def parsed_address(text: str) -> IPv4Address | IPv6Address | None:
    """An address as it is compared: no zone, IPv4 as IPv4 (RFC 4291, 2.5.5.2). ``None`` when it is none."""
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return (address.ipv4_mapped or address) if isinstance(address, IPv6Address) else address


def is_within(address: str, networks: Networks) -> bool:
    """Whether the address is one and belongs to one of ``networks``."""
    parsed = parsed_address(address)
    return parsed is not None and any(parsed in network for network in networks)


@lru_cache(maxsize=4096)
def network_of(address: str) -> str:
    """What an address is counted as: an IPv4 address itself, an IPv6 address's /64; "" for neither."""
    parsed = parsed_address(address)
    if isinstance(parsed, IPv6Address):
        return str(ip_network((parsed, _IPV6_NETWORK_BITS), strict=False))
    return "" if parsed is None else str(parsed)


def _signature(key: str, address: str) -> str:
    return hmac.digest(key.encode(), f"{_PURPOSE}{address}".encode(), "sha256").hex()


def signed(key: str, address: str) -> dict[str, str]:
    """The headers that tell a service the address of whom the gateway speaks for; none without a key."""
    return {ADDRESS_HEADER: address, SIGNATURE_HEADER: _signature(key, address)} if key else {}


def told_address(key: str, headers: Iterable[tuple[str, str]]) -> str | None:
    """The address that the gateway told, ``None`` unless it is one, told once and signed with ``key``."""
    told = [value for name, value in headers if name == ADDRESS_HEADER]
    signatures = [value for name, value in headers if name == SIGNATURE_HEADER]
    if not key or len(told) != 1 or len(signatures) != 1:
        return None
    genuine = hmac.compare_digest(_signature(key, told[0]).encode(), signatures[0].encode())
    return told[0] if genuine and parsed_address(told[0]) is not None else None


def client_address(request: Request) -> str:
    """The address of whom a service answers: told by the gateway, else that of the connection."""
    told = told_address(request.app.state.settings.gateway_key, request.headers.items())
    return told or (request.client.host if request.client else "")


async def _client_address(request: Request) -> str:
    return client_address(request)


ClientAddress = Annotated[str, Depends(_client_address)]
"""The address of the client, for routes that count by it."""
