"""How much of a server one client may have: bytes, time and connections."""

from pydantic import BaseModel, Field

KILOBYTE = 1024


class ServerLimits(BaseModel):
    """Bounds of an HTTP server. They stand in the settings of each part, as ``PREAU_…`` variables."""

    head_max_bytes: int = Field(default=32 * KILOBYTE, ge=1 * KILOBYTE)
    """Request line and headers, and trailers with them."""
    target_max_bytes: int = Field(default=8 * KILOBYTE, ge=256)
    """The address that is asked for, with its query."""
    headers_max: int = Field(default=100, ge=1)
    head_seconds: float = Field(default=10.0, gt=0)
    """From the first byte of a request to the end of its head; a new connection that says nothing, too."""
    stall_seconds: float = Field(default=20.0, gt=0)
    """How long a body may not come on, and an answer not be taken."""
    least_bytes_per_second: int = Field(default=500, ge=1)
    """What a client must send of a body, or take of an answer, once ``stall_seconds`` are over."""
    keep_alive_seconds: int = Field(default=75, ge=1)
    """How long a connection is kept between two requests."""
    connections: int = Field(default=2000, ge=1)
    """Connections in all. Beyond, one between two requests gives way, or else the new one gets 503."""
    connections_per_address: int = Field(default=0, ge=0)
    """The same for one address (IPv6: one network of 64 bits); 0: no limit, where there is only one peer."""

    def connections_of(self, peer: str) -> int:
        """How many connections may come from the address ``peer``; 0: no limit."""
        return self.connections_per_address


class ListeningSettings(ServerLimits):
    """Where a server listens, how long it may take to stop, and its bounds."""

    host: str = "127.0.0.1"
    port: int = 8000
    shutdown_grace_seconds: int = 25
