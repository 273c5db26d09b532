"""The gateway: the proxy for APIs, and the pages, on one port."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from secrets import token_bytes

from fastapi import Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from prometheus_client import CollectorRegistry
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from preau.common.auth.sealed import Seals
from preau.common.logging import logger
from preau.common.telemetry import server_spans, with_server_spans
from preau.gateway.api.client import ServiceClient
from preau.gateway.api.upstream import Upstream
from preau.gateway.openapi.document import JoinedDocument
from preau.gateway.pages.csrf import csrf_checked
from preau.gateway.pages.errors import error_page
from preau.gateway.pages.routes import install_pages
from preau.gateway.pages.sessions import PagesState
from preau.gateway.pages_middleware import FREE_PATHS, PagesMiddleware
from preau.gateway.proxy.app import Proxy
from preau.gateway.proxy.metrics import ProxyMetrics
from preau.gateway.proxy.routes import OPENAPI_PATH, PREFIXES
from preau.gateway.security.limits import Limits
from preau.gateway.sessions.identity import IdentitySessions
from preau.gateway.sessions.store import Sessions
from preau.gateway.settings import GatewaySettings
from preau.gateway.technical import technical_routes

log = logger(__name__)


async def unreadable_address(request: Request, error: Exception) -> Response:
    """An id that is none, a date that is none: an address that leads nowhere."""
    return error_page(request, 404)


class Gateway:
    """An ASGI application: APIs go straight to the proxy, everything else to the pages."""

    def __init__(self, proxy: ASGIApp, pages: FastAPI, guarded_pages: PagesMiddleware) -> None:
        self._proxy = proxy
        self.pages = pages
        self._guarded_pages = guarded_pages
        self.state = pages.state

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one scope. Websockets are refused: nothing here speaks them."""
        if scope["type"] == "http":
            path: str = scope["path"]
            if path.startswith(PREFIXES) and path != OPENAPI_PATH:
                await self._proxy(scope, receive, send)
            else:
                await self._guarded_pages(scope, receive, send)
        elif scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1008})
        else:
            await self.pages(scope, receive, send)


def _secret(settings: GatewaySettings) -> bytes:
    """The gateway's key; in development, where there may be none, one of this process."""
    return settings.gateway_key.encode() or token_bytes(32)


def create_app(settings: GatewaySettings) -> Gateway:
    """Build the gateway; nothing is opened before its lifespan begins."""
    registry = CollectorRegistry()
    upstream = Upstream(settings)
    limits = Limits(settings)
    client = ServiceClient(upstream, limits, settings.gateway_key)
    sessions = Sessions(IdentitySessions(client), settings.session_recheck_seconds)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncGenerator[None]:
        await upstream.open()
        app.state.ready = True
        log.info("gateway started", services=upstream.roots)
        try:
            yield
        finally:
            app.state.ready = False
            await upstream.close()

    pages = FastAPI(
        title="Préau · gateway",
        lifespan=lifespan,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        dependencies=[Depends(csrf_checked)],
        telemetry=server_spans(*FREE_PATHS),
    )
    pages.state.ready = False
    pages.state.settings = settings
    pages.state.registry = registry
    pages.state.pages = PagesState(settings, client, sessions, Seals(_secret(settings), "forms"))
    install_pages(pages, client, development=settings.development)
    pages.add_exception_handler(RequestValidationError, unreadable_address)
    pages.include_router(technical_routes(registry, JoinedDocument(client, settings.public_url)))
    guarded_pages = PagesMiddleware(pages, settings, limits)
    proxy = Proxy(settings, upstream, sessions, limits, ProxyMetrics(registry), guarded_pages.page_of)
    return Gateway(with_server_spans(proxy), pages, guarded_pages)
