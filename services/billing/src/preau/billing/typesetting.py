"""PDF by typst. Data goes in as JSON, never as markup; the fonts are those of the package.

A document is PDF/A-3a and PDF/UA-1: it can be archived, and a screen reader can read it. After the pages'
typeface comes DejaVu Sans, for Greek, Cyrillic, Arabic, Hebrew and more. A name in a script that neither has
(Chinese, emoji) breaks both standards: such a document is plain PDF.
"""

import re
from datetime import UTC, date, datetime, time
from functools import cache
from importlib.resources import files
from typing import Any

import typst
from pydantic_core import to_json

from preau.common.logging import logger

log = logger(__name__)

_LONG = re.compile(r"[^\s\u200b]{24}(?=\S)")
"""So many signs without a space: a line may break after them."""


def typeset(template: bytes, data: object, day: date) -> bytes:
    """The PDF that a template makes of ``sys.inputs.data``, dated ``day``; in this thread."""
    stated = to_json(wrapped(data)).decode()
    at = datetime.combine(day, time(12), UTC)
    try:
        return _compiled(template, stated, at, archivable=True)
    except typst.TypstError:  # its message holds the text in question: a name stays out of the logs
        log.warning("document cannot be archived as PDF/A")
        return _compiled(template, stated, at, archivable=False)


def wrapped(value: Any) -> Any:
    """The same, where words without an end may break: a name of a hundred signs stays on its sheet."""
    match value:
        case str():
            return _LONG.sub("\\g<0>\u200b", value)
        case dict():
            return {name: wrapped(each) for name, each in value.items()}  # pyright: ignore
        case list() | tuple():
            return [wrapped(each) for each in value]  # pyright: ignore
        case _:
            return value


@cache
def _fonts() -> typst.Fonts:
    folder = str(files("preau.billing") / "fonts")
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[folder])


def _compiled(template: bytes, stated: str, at: datetime, *, archivable: bool) -> bytes:
    return typst.compile(
        template,
        format="pdf",
        sys_inputs={"data": stated},
        font_paths=_fonts(),
        pdf_standards=["a-3a", "ua-1"] if archivable else None,
        timestamp=at,
    )
