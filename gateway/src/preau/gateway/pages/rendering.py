"""Pages and fragments from the templates, with what every page needs around it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from gettext import NullTranslations, translation
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse

from preau.gateway.pages import flash
from preau.gateway.pages.civil_time import today_of, zone_of
from preau.gateway.pages.compression import html_response
from preau.gateway.pages.csrf import csrf_token
from preau.gateway.pages.formats import FILTERS
from preau.gateway.pages.forms import Form
from preau.gateway.pages.sessions import pages_state
from preau.gateway.pages.static_files import static_url

WEB = Path(__file__).parent
NO_STORE = {"Cache-Control": "no-store"}


def _translations() -> NullTranslations:
    """The strings of the templates are French; a catalogue under ``locales/`` can say them otherwise."""
    return translation("preau", WEB / "locales", languages=["fr"], fallback=True)


@lru_cache(maxsize=1)
def environment() -> Environment:
    """The templates, compiled once a process."""
    made = Environment(
        loader=FileSystemLoader(WEB / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.install_gettext_translations(_translations(), newstyle=True)  # pyright: ignore[reportAttributeAccessIssue]
    made.filters.update(FILTERS)
    everywhere: dict[str, Any] = made.globals  # pyright: ignore[reportAssignmentType]
    everywhere.update(static_url=static_url, empty_form=Form())
    return made


def is_htmx(request: Request) -> bool:
    """Whether htmx asks for a fragment, rather than a browser for a page."""
    return request.headers.get("hx-request") == "true" and "hx-boosted" not in request.headers


def base_context(request: Request) -> dict[str, Any]:
    """What the layouts need, whatever the page; a page's own context comes over it."""
    return {
        "request": request,
        "csrf_token": csrf_token(request),
        "development": pages_state(request).settings.development,
        "flashes": flash.take(request),
        "zone": zone_of(request),
        "today": today_of(request),
        "commune": None,
        "person": None,
        "families": [],
        "family": None,
        "tab": None,
        "basket_bar": False,
        "form": Form(),
    }


def render(
    request: Request,
    template: str,
    context: Mapping[str, Any] | None = None,
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> HTMLResponse:
    """A whole page. Never cached: it is somebody's."""
    content = environment().get_template(template).render({**base_context(request), **(context or {})})
    return html_response(request, content, status, {**NO_STORE, **(headers or {})})


def render_fragments(
    request: Request,
    templates: list[str],
    context: Mapping[str, Any] | None = None,
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> HTMLResponse:
    """Some pieces of a page, one after the other: what htmx puts in place."""
    whole = {**base_context(request), **(context or {})}
    content = "".join(environment().get_template(name).render(whole) for name in templates)
    return html_response(request, content, status, {**NO_STORE, **(headers or {})})


def see_other(location: str) -> RedirectResponse:
    """After a form: go and look there, so that a reload does not send it again."""
    return RedirectResponse(location, 303, headers=NO_STORE)
