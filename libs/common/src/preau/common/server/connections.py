"""Who is connected: so many in all, so many from one address."""

from ipaddress import IPv6Address
from typing import Protocol

from preau.common.server.limits import ServerLimits


class Connection(Protocol):
    """A client's connection, as far as making room goes."""

    @property
    def is_idle(self) -> bool: ...
    def give_way(self) -> None: ...


class Connections:
    """Counts connections and makes room: who waits between two requests goes before who is new."""

    def __init__(self, limits: ServerLimits) -> None:
        self._limits = limits
        self._all: dict[Connection, str] = {}
        self._by_address: dict[str, dict[Connection, None]] = {}

    def __len__(self) -> int:
        return len(self._all)

    def admit(self, connection: Connection, peer: str) -> bool:
        """Whether there is room for one more from ``peer``; the oldest idle one may have to leave for it."""
        address = network_of(peer)
        neighbours = self._by_address.get(address, {})
        most = self._limits.connections_of(peer)
        if most and len(neighbours) >= most and not _make_room(neighbours):
            return False
        if len(self._all) >= self._limits.connections and not _make_room(self._all):
            return False
        self._all[connection] = address
        self._by_address.setdefault(address, {})[connection] = None
        return True

    def forget(self, connection: Connection) -> None:
        """The connection is closed, or about to be; again it changes nothing."""
        address = self._all.pop(connection, None)
        if address is None:
            return
        neighbours = self._by_address[address]
        del neighbours[connection]
        if not neighbours:
            del self._by_address[address]


def network_of(peer: str) -> str:
    """What counts as one address: of IPv6, the network of 64 bits that a subscriber usually has."""
    if ":" not in peer:
        return peer
    address = IPv6Address(peer.partition("%")[0])
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(IPv6Address(int(address) >> 64 << 64))


def _make_room(connections: dict[Connection, str] | dict[Connection, None]) -> bool:
    for connection in connections:
        if connection.is_idle:
            connection.give_way()
            return True
    return False
