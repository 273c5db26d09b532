"""`/healthz` the process lives; `/readyz` it takes requests; `/metrics` its metrics; the joined OpenAPI."""

import ipaddress

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

from preau.gateway.openapi.document import JoinedDocument
from preau.gateway.proxy.routes import OPENAPI_PATH


def technical_routes(registry: CollectorRegistry, document: JoinedDocument) -> APIRouter:
    """The routes that machines ask for."""
    router = APIRouter(include_in_schema=False)

    @router.get("/healthz")
    async def healthz() -> dict[str, str]:
        return {"status": "ok"}

    @router.get("/readyz")
    async def readyz(request: Request) -> Response:
        ready = bool(request.app.state.ready)
        return JSONResponse({"status": "ok" if ready else "unready"}, 200 if ready else 503)

    @router.get("/metrics")
    async def metrics(request: Request) -> Response:
        """For the private network only: whoever comes from outside, or through a proxy, gets a 404."""
        if not _from_private_network(request):
            raise HTTPException(404)
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)

    @router.get(OPENAPI_PATH)
    async def openapi() -> Response:
        return JSONResponse(await document.read(), headers={"cache-control": "public, max-age=60"})

    return router


def _from_private_network(request: Request) -> bool:
    if request.client is None or "x-forwarded-for" in request.headers or "forwarded" in request.headers:
        return False
    try:
        return ipaddress.ip_address(request.client.host).is_private
    except ValueError:
        return False
