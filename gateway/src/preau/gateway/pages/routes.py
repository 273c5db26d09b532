"""Puts the pages on the gateway's application, with their static files, themes and error pages."""

from __future__ import annotations

from fastapi import APIRouter, FastAPI
from starlette.requests import Request
from starlette.responses import Response

from preau.gateway.api.client import ServiceClient
from preau.gateway.api.identity import PublicIdentity
from preau.gateway.api.problems import UpstreamProblem
from preau.gateway.pages.agents.routes import agents_routes
from preau.gateway.pages.communes import Communes
from preau.gateway.pages.errors import install_error_pages
from preau.gateway.pages.parents.context import NoFamilyYet
from preau.gateway.pages.parents.routes import parents_routes
from preau.gateway.pages.rendering import see_other
from preau.gateway.pages.static_files import SHORTLY, serve_static
from preau.gateway.pages.theme import DEFAULT_ACCENT, theme_css


async def serve_theme(request: Request) -> Response:
    """``/theme/<slug>.css``: the colours of a commune; the default ones when it is not known."""
    communes: Communes = request.app.state.communes
    try:
        commune = await communes.find(request.path_params["slug"])
    except UpstreamProblem:
        commune = None
    accent = commune.accent_colour if commune else DEFAULT_ACCENT
    return Response(theme_css(accent), media_type="text/css", headers={"Cache-Control": SHORTLY})


async def _join_first(request: Request, error: Exception) -> Response:
    return see_other("/adhesion")


def install_pages(app: FastAPI, client: ServiceClient, *, development: bool) -> None:
    """Add every page to the application."""
    app.state.communes = Communes(PublicIdentity(client))
    router = APIRouter(include_in_schema=False)
    router.add_route("/static/{path:path}", serve_static, methods=["GET", "HEAD"])
    router.add_route("/theme/{slug}.css", serve_theme, methods=["GET", "HEAD"])
    app.include_router(router)
    app.include_router(parents_routes(development=development))
    app.include_router(agents_routes())
    app.add_exception_handler(NoFamilyYet, _join_first)
    install_error_pages(app)
