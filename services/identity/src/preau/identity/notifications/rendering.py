"""Mails from Jinja2 templates: a subject, a text and an HTML body, in French.

``<kind>.txt`` holds the blocks ``subject`` and ``body``, ``<kind>.html`` the block ``body``. HTML is
autoescaped; an undefined value is an error, not a hole in a mail.
"""

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from preau.common.money import euros
from preau.identity.notifications.domain import Kind, one_line


class Rendered(NamedTuple):
    """A mail, ready to be sent."""

    subject: str
    text: str
    html: str


def french_date(day: date) -> str:
    """``jeudi 12 mars 2026``."""
    return format_date(day, "EEEE d MMMM y", locale="fr")


def french_instant(instant: datetime, time_zone: str) -> str:
    """``jeudi 12 mars 2026 à 14:05``, in civil time."""
    return format_datetime(instant.astimezone(ZoneInfo(time_zone)), "EEEE d MMMM y 'à' HH:mm", locale="fr")


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=select_autoescape(("html",), default=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    filters: dict[str, Any] = {"euros": euros, "date": french_date, "instant": french_instant}
    environment.filters.update(filters)
    return environment


_TEMPLATES = _environment()


def render(kind: Kind, context: Mapping[str, Any]) -> Rendered:
    """The mail of that kind with those facts."""
    text = _TEMPLATES.get_template(f"{kind.name}.txt")
    subject = "".join(text.blocks["subject"](text.new_context(dict(context))))
    return Rendered(
        subject=one_line(subject),
        text=text.render(context).strip() + "\n",
        html=_TEMPLATES.get_template(f"{kind.name}.html").render(context, subject=one_line(subject)),
    )
