"""The one aiohttp session over which everything goes to the services."""

import aiohttp

from preau.gateway.settings import GatewaySettings

KEEPALIVE_SECONDS = 60.0
"""Below the services' 75: a connection that one is about to close is not used again."""


class Upstream:
    """Opened with the application, closed with it."""

    def __init__(self, settings: GatewaySettings) -> None:
        self._settings = settings
        self._session: aiohttp.ClientSession | None = None
        self.roots = settings.upstreams

    async def open(self) -> None:
        """Make the session; needs the running loop."""
        settings = self._settings
        session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                limit=0, limit_per_host=settings.upstream_connections, keepalive_timeout=KEEPALIVE_SECONDS
            ),
            timeout=aiohttp.ClientTimeout(
                total=None,
                connect=settings.connect_seconds,
                sock_connect=settings.connect_seconds,
                sock_read=settings.answer_seconds,
            ),
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            skip_auto_headers=("User-Agent", "Accept", "Accept-Encoding", "Content-Type"),
        )
        # aiohttp would send PUT and DELETE again when a kept connection dies: only GETs may be, by us.
        session._retry_connection = False  # pyright: ignore[reportPrivateUsage]
        self._session = session

    @property
    def session(self) -> aiohttp.ClientSession:
        """The open session."""
        if self._session is None:
            raise RuntimeError("the gateway is not started: its lifespan was not run")
        return self._session

    async def close(self) -> None:
        """Close every connection."""
        if self._session is not None:
            await self._session.close()
            self._session = None
