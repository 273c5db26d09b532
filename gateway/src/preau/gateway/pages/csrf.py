"""The CSRF token of the pages' forms."""

import secrets

from fastapi import Request

from preau.gateway.pages.sent_forms import sent_form
from preau.gateway.pages.sessions import pages_state, set_cookie
from preau.gateway.security.cookies import CSRF_COOKIE, csrf_cookie, read_cookie
from preau.gateway.security.csrf import SAFE_METHODS, ForeignRequest, came_from_us, header_token, same_token

FORM_FIELD = "csrf_token"

_SCOPE_KEY = "preau.csrf"


def csrf_token(request: Request) -> str:
    """The token for this page's forms (field `csrf_token`) and htmx (header X-CSRF-Token)."""
    token = request.scope.get(_SCOPE_KEY) or read_cookie(request.scope["headers"], CSRF_COOKIE)
    if not token:
        token = secrets.token_urlsafe(32)
        set_cookie(request, csrf_cookie(token))
    request.scope[_SCOPE_KEY] = token
    return token


async def csrf_checked(request: Request) -> None:
    """Dependency of every page: ForeignRequest unless an unsafe request has an origin and a token of ours."""
    if request.method in SAFE_METHODS:
        return
    headers = request.scope["headers"]
    if not came_from_us(headers, pages_state(request).settings.public_origin):
        raise ForeignRequest
    form = await sent_form(request)  # read here once, the pages find it read
    field = form.get(FORM_FIELD)
    sent = header_token(headers) or (field if isinstance(field, str) else None)
    if not same_token(headers, sent):
        raise ForeignRequest
    request.state.sent = form
