"""A message for the next page ("Votre panier est vide."), carried by a cookie that the next page takes away.

The cookie holds text only, shown escaped: whoever forges theirs reads their own words.
"""

from __future__ import annotations

import base64
import binascii
import json
from typing import Any, Literal, cast

from starlette.requests import Request

from preau.gateway.pages.input_values import is_writable
from preau.gateway.pages.sessions import set_cookie
from preau.gateway.security.cookies import FLASH_COOKIE, cookie, removal_cookie

KINDS = ("success", "info", "warning", "error")
Kind = Literal["success", "info", "warning", "error"]


def add(request: Request, kind: Kind, text: str) -> None:
    """Show ``text`` at the top of the next page."""
    value = base64.urlsafe_b64encode(json.dumps([kind, text[:600]]).encode()).decode()
    set_cookie(request, cookie(FLASH_COOKIE, value, lasts_seconds=120))


def take(request: Request) -> list[tuple[str, str]]:
    """The message kept for this page, as (kind, text); a message is shown once."""
    value = request.cookies.get(FLASH_COOKIE)
    if value is None:
        return []
    set_cookie(request, removal_cookie(FLASH_COOKIE))
    try:
        message: Any = json.loads(base64.urlsafe_b64decode(value))
    except (binascii.Error, ValueError, RecursionError):
        return []
    match cast("object", message):
        case [str(kind), str(text)] if kind in KINDS and is_writable(text):
            return [(kind, text)]
        case _:
            return []
