"""The page of the sandbox bank. Included in development only."""

import base64
import hashlib

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.exceptions import HTTPException

from preau.common.http.permissions import Anyone
from preau.payments.providers.sandbox.bank import SandboxBank, UnknownTransaction
from preau.payments.providers.sandbox.domain import Action, BankState
from preau.wording.amounts import euros

router = APIRouter(tags=["sandbox bank"])

_pages = Environment(
    loader=PackageLoader("preau.payments.providers.sandbox", "pages"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_pages.filters["euros"] = euros
_STYLE = _pages.get_template("bank.css").render()
_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
_HEADERS = {
    "Content-Security-Policy": (
        f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; form-action 'self'; base-uri 'none';"
        " frame-ancestors 'none'"
    ),
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
}


def _bank(request: Request) -> SandboxBank:
    return request.app.state.sandbox_bank


def _page(name: str, status: int = 200, **shown: object) -> Response:
    html = _pages.get_template(name).render(style=_STYLE, **shown)
    return HTMLResponse(html, status, _HEADERS)


@router.get("/public/sandbox/bank/{transaction_ref}", response_class=HTMLResponse)
async def show(_anyone: Anyone, request: Request, transaction_ref: str) -> Response:
    """The page on which a developer pays, is refused, or gives up."""
    try:
        transaction = await _bank(request).transaction(transaction_ref)
    except UnknownTransaction:
        return _page("unknown.html", 404)
    if transaction.state is BankState.OPEN:
        return _page("bank.html", transaction=transaction)
    return _page("decided.html", transaction=transaction)


@router.post("/public/sandbox/bank/{transaction_ref}", status_code=303)
async def decide(_anyone: Anyone, request: Request, transaction_ref: str) -> Response:
    """Do it, and send the browser back to the shop; people read a page whatever was sent."""
    action = await _pressed(request)
    if action is None:
        return _page("unclear.html", 422, reference=transaction_ref)
    try:
        transaction = await _bank(request).decide(transaction_ref, action)
    except UnknownTransaction:
        return _page("unknown.html", 404)
    return RedirectResponse(transaction.return_url, 303, _HEADERS)


async def _pressed(request: Request) -> Action | None:
    """The button that was pressed, None when the form holds none or cannot be read."""
    try:
        pressed = (await request.form()).get("action")
    except HTTPException:
        return None
    return next((action for action in Action if action == pressed), None)
