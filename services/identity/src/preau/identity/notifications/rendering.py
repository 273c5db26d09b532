"""Mails from Jinja2 templates: a subject, a text and an HTML body, in French.

``<kind>.txt`` holds the blocks ``subject`` and ``body``, ``<kind>.html`` the block ``body``. HTML is
autoescaped; an undefined value is an error, not a hole in a mail.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from preau.identity.notifications.domain import Kind, one_line
from preau.wording.amounts import euros
from preau.wording.dates import dated_moment, month, weekday_date


class Rendered(NamedTuple):
    """A mail, ready to be sent."""

    subject: str
    text: str
    html: str


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=select_autoescape(("html",), default=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    filters: dict[str, Any] = {
        "euros": euros,
        "date": weekday_date,
        "month": month,
        "instant": dated_moment,
    }
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
