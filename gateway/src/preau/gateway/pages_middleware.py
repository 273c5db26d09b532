"""Around the pages: limits, bounded bodies, cookies to set and the security headers. Plain ASGI."""

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from preau.common.context import begin_work
from preau.common.errors import Problem
from preau.gateway.pages.errors import error_page
from preau.gateway.pages.sessions import COOKIES_TO_SET
from preau.gateway.proxy.body import BodyTooLarge
from preau.gateway.security.address import asking_address, client_address
from preau.gateway.security.cookies import SetCookie
from preau.gateway.security.headers import Headers, page_headers
from preau.gateway.security.limits import Limits
from preau.gateway.security.request_line import check_request_line
from preau.gateway.settings import GatewaySettings
from preau.gateway.tracing import accepted_correlation_id, new_traceparent

FREE_PATHS = ("/static/", "/theme/", "/healthz", "/readyz", "/metrics")
"""Paths without limits of rate, which also say themselves how long they may be kept."""


class PagesMiddleware:
    """Wraps the application of the pages. HEAD is answered like GET, without the body (RFC 9110, 9.3.2)."""

    def __init__(self, app: FastAPI, settings: GatewaySettings, limits: Limits) -> None:
        self._app = app
        self._settings = settings
        self._limits = limits
        self._headers = page_headers(settings)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request for a page."""
        received: Headers = scope["headers"]
        by_name = dict(received)
        correlation_id = accepted_correlation_id(by_name.get(b"x-correlation-id"))
        begin_work(correlation_id, trace=new_traceparent(by_name.get(b"traceparent")))
        address = client_address(scope, self._settings.trusted_proxies)
        asking_address.set(address)
        without_body = scope["method"] == "HEAD"
        if without_body:
            scope = {**scope, "method": "GET"}
        cookies: list[SetCookie] = []
        scope[COOKIES_TO_SET] = cookies
        free = scope["path"].startswith(FREE_PATHS)
        always = [*self._headers, (b"x-correlation-id", correlation_id.encode("ascii"))]

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = {name for name, _ in always}
                headers = [pair for pair in message.get("headers", []) if pair[0] not in own]
                if all(name != b"cache-control" for name, _ in headers):
                    headers.append((b"cache-control", b"no-store"))
                headers += always
                headers += [(b"set-cookie", cookie.encode("latin-1")) for cookie in scope[COOKIES_TO_SET]]
                message = {**message, "headers": headers}
            elif without_body:
                message = {**message, "body": b""}
            await send(message)

        try:
            check_request_line(scope)
            if not free:
                self._limits.count_address(address)
            await self._app(scope, self._bounded(by_name, receive), send_guarded)
        except Problem as problem:
            await self.page_of(problem, scope)(scope, receive, send_guarded)

    def page_of(self, problem: Problem, scope: Scope) -> Response:
        """What a person reads of a problem."""
        scope["app"] = self._app
        return error_page(Request(scope), problem.status, problem.detail, problem.retry_after)

    def _bounded(self, headers: dict[bytes, bytes], receive: Receive) -> Receive:
        uploads = headers.get(b"content-type", b"").startswith(b"multipart/form-data")
        limit = self._settings.max_document_bytes if uploads else self._settings.max_body_bytes
        announced = headers.get(b"content-length", b"0")
        # Too much by its own word: refused at the first read, so that the answer is a page like any other.
        fits = announced.isdigit() and len(announced) <= 15 and int(announced) <= limit
        left = limit if fits else -1

        async def receive_bounded() -> Message:
            nonlocal left
            message = await receive()
            left -= len(message.get("body", b""))
            if left < 0:
                raise BodyTooLarge(limit)
            return message

        return receive_bounded
