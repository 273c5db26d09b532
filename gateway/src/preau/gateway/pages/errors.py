"""Pages for what went wrong, in words a parent can act on; fragments of them for htmx."""

from __future__ import annotations

from urllib.parse import quote

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from preau.common.errors import Problem
from preau.common.logging import logger
from preau.gateway.api.problems import UpstreamProblem
from preau.gateway.pages.rendering import is_htmx, render, render_fragments, see_other
from preau.gateway.pages.sent_forms import to_send_again
from preau.gateway.pages.sessions import SIGN_IN_PATHS, SignInRequired

log = logger(__name__)

UNREACHABLE = frozenset({502, 503, 504})
OWN_TITLE = frozenset({400, 404, 405, 422, 429})
TEXTS = {
    400: (
        "Cette demande est illisible",
        "Elle est arrivée incomplète ou abîmée. Revenez en arrière et recommencez.",
    ),
    403: ("Cette page ne vous est pas ouverte", "Votre compte n’a pas le droit de faire cela."),
    404: (
        "Cette page n’existe pas",
        "L’adresse est peut-être incomplète, ou ce que vous cherchez n’est plus ici.",
    ),
    405: (
        "Cela ne se fait pas ainsi",
        "Cette adresse ne s’ouvre pas de cette façon. Revenez à l’accueil et passez par ses pages.",
    ),
    422: (
        "Quelque chose est à corriger",
        "Un filtre ou une valeur de cette adresse n’est pas valide. Revenez en arrière et recommencez.",
    ),
    429: ("Un peu trop vite", "Trop de demandes en peu de temps. Patientez une minute puis recommencez."),
    500: (
        "Une erreur est survenue de notre côté",
        "Rien n’est perdu : ce qui était enregistré l’est toujours. Réessayez dans un instant.",
    ),
    503: (
        "Le service est momentanément indisponible",
        "Ce qui était enregistré l’est toujours. Réessayez dans quelques instants.",
    ),
}


def words_of(status: int, detail: str = "") -> tuple[str, str]:
    """The title and the text of an error; ``detail`` says more than our own text where there is one."""
    if detail and status < 500 and status not in OWN_TITLE:
        return "Ce n’est pas possible", detail
    if status in UNREACHABLE:
        status = 503
    title, text = TEXTS.get(status, TEXTS[500 if status >= 500 else 400])
    return title, detail or text


def error_page(
    request: Request, status: int, detail: str = "", retry_after_seconds: int | None = None
) -> Response:
    """The page of an error, or its fragment for htmx; ``detail`` is shown instead of the usual text."""
    title, text = words_of(status, detail)
    path: str = request.scope["path"]  # not request.url: what is wrong may be the address itself
    headers = {} if retry_after_seconds is None else {"Retry-After": str(retry_after_seconds)}
    context = {
        **getattr(request.state, "frame", {}),
        "status": status,
        "title": title,
        "text": text,
        "path": path,
        "again": to_send_again(request) if status in UNREACHABLE else [],
        "retry_after_seconds": retry_after_seconds,
        "layout": "layout_agent.html" if path.startswith("/agent") else "layout.html",
        "tab": None,
    }
    if is_htmx(request):
        headers["HX-Reselect"] = "unset"  # the whole of it, whatever part of the page was asked for
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
        path: str = request.scope["path"]
        agent = path.startswith("/agent")
        suite = f"?suite={quote(path, safe='')}" if request.method == "GET" else ""
        return sign_in_again(request, SIGN_IN_PATHS["agent" if agent else "parent"] + suite)
    if error.status >= 500:
        log.warning(
            "a service failed a page", path=request.scope["path"], status=error.status, type=error.type
        )
    # A service speaks of its own fields; which of ours they come from, the page of a form tells.
    detail = "" if error.status in {404, 500} or error.field_errors else error.detail
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
    log.exception("a page failed", path=request.scope["path"], method=request.method, exc_info=error)
    return error_page(request, 500)


def install_error_pages(app: FastAPI) -> None:
    """Answer every error of the pages with a page."""
    app.add_exception_handler(UpstreamProblem, _upstream)
    app.add_exception_handler(SignInRequired, _sign_in)
    app.add_exception_handler(Problem, _problem)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _unexpected)
