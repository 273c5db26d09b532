"""Pages for what went wrong, in words a parent can act on; fragments of them for htmx."""

from __future__ import annotations

from urllib.parse import quote

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from preau.common.errors import Problem
from preau.common.logging import logger
from preau.gateway.proxy.problems import UpstreamProblem
from preau.gateway.sessions.pages import SIGN_IN_PATHS, SignInRequired
from preau.gateway.web.rendering import is_htmx, render, render_fragments, see_other

log = logger(__name__)

UNREACHABLE = frozenset({502, 503, 504})
TEXTS = {
    403: ("Cette page ne vous est pas ouverte", "Votre compte n’a pas le droit de faire cela."),
    404: (
        "Cette page n’existe pas",
        "L’adresse est peut-être incomplète, ou ce que vous cherchez ne concerne pas votre famille.",
    ),
    429: ("Un peu trop vite", "Trop de demandes en peu de temps. Patientez une minute puis recommencez."),
    500: (
        "Une erreur est survenue de notre côté",
        "Rien n’est perdu : ce qui était enregistré l’est toujours. Réessayez dans un instant.",
    ),
    503: (
        "Le service est momentanément indisponible",
        "Ce qui était enregistré l’est toujours. Réessayez dans quelques instants.",
    ),
}


def error_page(
    request: Request, status: int, detail: str = "", retry_after_seconds: int | None = None
) -> Response:
    """The page of an error, or its fragment for htmx; ``detail`` is shown instead of the usual text."""
    shown = 503 if status in UNREACHABLE else status if status in TEXTS else 500 if status >= 500 else 404
    if status not in TEXTS and 400 <= status < 500 and detail:
        shown = 403
    title, text = TEXTS[shown]
    headers = {} if retry_after_seconds is None else {"Retry-After": str(retry_after_seconds)}
    context = {
        **getattr(request.state, "frame", {}),
        "status": status,
        "title": "Ce n’est pas possible" if shown == 403 and detail else title,
        "text": detail or text,
        "retry_after_seconds": retry_after_seconds,
        "layout": "layout_agent.html" if request.url.path.startswith("/agent") else "layout.html",
        "tab": None,
    }
    if is_htmx(request):
        return render_fragments(request, ["errors/_notice.html"], context, status=status, headers=headers)
    return render(request, "errors/page.html", context, status=status, headers=headers)


def sign_in_again(request: Request, location: str) -> Response:
    """Go and sign in, also when htmx asked: it then leaves the page rather than putting a form into it."""
    if is_htmx(request):
        return Response(status_code=204, headers={"HX-Redirect": location})
    return see_other(location)


async def _upstream(request: Request, error: Exception) -> Response:
    assert isinstance(error, UpstreamProblem)  # noqa: S101 - registered for it
    if error.status == 401:
        agent = request.url.path.startswith("/agent")
        suite = f"?suite={quote(request.url.path, safe='')}" if request.method == "GET" else ""
        return sign_in_again(request, SIGN_IN_PATHS["agent" if agent else "parent"] + suite)
    if error.status >= 500:
        log.warning("a service failed a page", path=request.url.path, status=error.status, type=error.type)
    detail = error.detail if error.status not in {404, 500} else ""
    return error_page(request, error.status, detail, error.retry_after_seconds)


async def _sign_in(request: Request, error: Exception) -> Response:
    assert isinstance(error, SignInRequired)  # noqa: S101
    return sign_in_again(request, error.location)


async def _problem(request: Request, error: Exception) -> Response:
    assert isinstance(error, Problem)  # noqa: S101
    return error_page(request, error.status, error.detail, error.retry_after)


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101
    return error_page(request, error.status_code)


async def _unexpected(request: Request, error: Exception) -> Response:
    log.exception("a page failed", path=request.url.path, method=request.method, exc_info=error)
    return error_page(request, 500)


def install_error_pages(app: FastAPI) -> None:
    """Answer every error of the pages with a page."""
    app.add_exception_handler(UpstreamProblem, _upstream)
    app.add_exception_handler(SignInRequired, _sign_in)
    app.add_exception_handler(Problem, _problem)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _unexpected)
