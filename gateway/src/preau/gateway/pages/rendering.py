"""Pages and fragments from the templates, with what every page needs around it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from gettext import NullTranslations, translation
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
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
from preau.gateway.security.cookies import SHORTCUTS_COOKIE

WEB = Path(__file__).parent
PANEL = "volet-corps"
"""The element beside an agents' list that shows a record."""
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
        auto_reload=False,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    translations = _translations()
    made.install_gettext_translations(translations, newstyle=True)  # pyright: ignore[reportAttributeAccessIssue]
    made.filters.update(FILTERS)
    everywhere: dict[str, Any] = made.globals  # pyright: ignore[reportAssignmentType]
    said = _said(translations)
    everywhere.update(static_url=static_url, svg_icon=svg_icon, empty_form=Form(), _=said, gettext=said)
    everywhere["ngettext"] = _counted(translations)
    return made


def _said(translations: NullTranslations) -> Callable[..., Markup]:
    """``_("…")`` of the templates, which say a hundred of them a page: most hold no variable and are kept."""

    @lru_cache(maxsize=4096)
    def plain(text: str) -> Markup:
        return Markup(translations.gettext(text)) % {}  # noqa: S704 - the templates' own words

    def said(text: str, /, **variables: object) -> Markup:
        return Markup(translations.gettext(text)) % variables if variables else plain(text)  # noqa: S704

    return said


def _counted(translations: NullTranslations) -> Callable[..., Markup]:
    """``ngettext(one, many, count)`` of the templates: ``%(num)s`` is the count as people read it, 1 000."""

    def counted(one: str, many: str, count: int, /, **variables: object) -> Markup:
        text = Markup(translations.ngettext(one, many, count))  # noqa: S704 - the templates' own words
        return text % {"num": FILTERS["number"](count), **variables}

    return counted


@lru_cache(maxsize=1024)
def svg_icon(name: str, css: str = "", label: str = "") -> Markup:
    """A sign of ``icons.svg``: decoration, or with a ``label`` an image of that meaning."""
    spoken = Markup(' role="img" aria-label="{}"').format(label) if label else Markup(' aria-hidden="true"')
    return Markup('<svg class="{}"{} focusable="false"><use href="{}#{}"></use></svg>').format(
        f"icon {css}".rstrip(), spoken, static_url("icons.svg"), name
    )


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
        "in_panel": request.headers.get("hx-target") == PANEL,
        "basket_bar": False,
        "shortcuts": request.cookies.get(SHORTCUTS_COOKIE) != "off",
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
    whole = {**base_context(request), **(context or {})}
    content = environment().get_template(template).render({**whole, "in_error": _in_error(whole)})
    return html_response(request, content, status, {**NO_STORE, **(headers or {})})


def _in_error(context: Mapping[str, Any]) -> bool:
    """Whether a form of the page is to be corrected: the title says so first, readers hear it at once."""
    return any(isinstance(each, Form) and not each.is_valid for each in context.values())


def render_fragments(
    request: Request,
    templates: list[str],
    context: Mapping[str, Any] | None = None,
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> HTMLResponse:
    """Some pieces of a page, one after the other: what htmx puts in place."""
    content = "".join(fragment(request, name, context) for name in templates)
    return html_response(request, content, status, {**NO_STORE, **(headers or {})})


def fragment(request: Request, template: str, context: Mapping[str, Any] | None = None) -> str:
    """A piece of a page."""
    return environment().get_template(template).render({**base_context(request), **(context or {})})


def see_other(location: str) -> RedirectResponse:
    """After a form: go and look there, so that a reload does not send it again."""
    return RedirectResponse(location, 303, headers=NO_STORE)
