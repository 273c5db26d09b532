"""A password kept while the rest of its form is corrected, so that nobody types it again.

It waits in a cookie that scripts cannot read, sealed with the gateway's secret and bound to the form and
to the browser's CSRF token; it never stands in a page, ends after ten minutes, and with the form.
"""

from __future__ import annotations

from starlette.datastructures import FormData
from starlette.requests import Request

from preau.gateway.pages.csrf import csrf_token
from preau.gateway.pages.forms import Form
from preau.gateway.pages.sessions import pages_state, set_cookie
from preau.gateway.security.cookies import KEPT_COOKIE, cookie, removal_cookie

PASSWORD, CONFIRMATION = "password", "password_confirmation"
KEPT = "kept_password"
LASTS_SECONDS = 600
SHORTEST = 12
"""Shorter ones are refused by identity: they are not worth keeping."""


def _bound_to(request: Request) -> str:
    return f"{csrf_token(request)} {request.url.path}"


def with_kept_password(request: Request, data: FormData) -> FormData:
    """What was sent, with the password kept for this form when none was typed."""
    sealed = request.cookies.get(KEPT_COOKIE)
    if sealed is None or data.get(PASSWORD) or data.get(CONFIRMATION):
        return data
    password = pages_state(request).seals.unseal(sealed, _bound_to(request))
    if password is None:
        return data
    typed = [pair for pair in data.multi_items() if pair[0] not in {PASSWORD, CONFIRMATION}]
    return FormData([*typed, (PASSWORD, password), (CONFIRMATION, password)])


def keep_password(request: Request, data: FormData, form: Form) -> None:
    """Keep the password of a refused form, if nothing is wrong with the password itself."""
    password = data.get(PASSWORD)
    sound = not form.error(PASSWORD) and not form.error(CONFIRMATION)
    if sound and isinstance(password, str) and len(password) >= SHORTEST:
        sealed = pages_state(request).seals.seal(password, _bound_to(request), LASTS_SECONDS)
        set_cookie(request, cookie(KEPT_COOKIE, sealed, lasts_seconds=LASTS_SECONDS))
        form.values[KEPT] = "yes"
    else:
        forget_password(request)


def forget_password(request: Request) -> None:
    """The form is done with, or its password is not to be kept."""
    if KEPT_COOKIE in request.cookies:
        set_cookie(request, removal_cookie(KEPT_COOKIE))
