"""The proxy as a plain ASGI application: where to, for whom, within which bounds."""

import time
from collections.abc import Callable
from urllib.parse import quote

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from preau.common.context import begin_work
from preau.common.errors import NotFound, Problem, Unavailable
from preau.common.http.answers import problem_answer
from preau.common.http.client_address import signed
from preau.common.logging import logger
from preau.common.telemetry import name_request
from preau.gateway.api.problems import UpstreamProblem
from preau.gateway.api.upstream import Upstream
from preau.gateway.proxy.body import ClientDisconnected
from preau.gateway.proxy.caller import ANONYMOUS, Caller, Callers, Headers, NotSignedIn
from preau.gateway.proxy.headers import inwards
from preau.gateway.proxy.metrics import ProxyMetrics
from preau.gateway.proxy.relay import RETRY_AFTER_SECONDS, Relay
from preau.gateway.proxy.routes import Target, target_of
from preau.gateway.security.address import client_address
from preau.gateway.security.cookies import removal_cookie
from preau.gateway.security.csrf import SAFE_METHODS
from preau.gateway.security.headers import api_headers, page_headers, sandbox_headers
from preau.gateway.security.limits import Limits
from preau.gateway.security.request_line import check_request_line
from preau.gateway.sessions.cookies import cookie_name
from preau.gateway.sessions.store import Sessions
from preau.gateway.settings import GatewaySettings
from preau.gateway.tracing import accepted_correlation_id, new_traceparent

SEEN_BY_PEOPLE = "/sandbox/"
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

log = logger(__name__)


class NoSuchMethod(Problem):
    """A method that no service knows."""

    status, type, title = 405, "method-not-allowed", "Méthode refusée"


class Proxy:
    """Everything under /api/, /hooks/ and /sandbox/."""

    def __init__(
        self,
        settings: GatewaySettings,
        upstream: Upstream,
        sessions: Sessions,
        limits: Limits,
        metrics: ProxyMetrics,
        page_of: Callable[[Problem, Scope], Response],
    ) -> None:
        """`page_of` gives the page of a problem, for addresses that people see in their browser."""
        self._metrics = metrics
        self._page_of = page_of
        self._settings = settings
        self._roots = upstream.roots
        self._relay = Relay(upstream)
        self._sessions = sessions
        self._callers = Callers(sessions, settings.public_origin)
        self._limits = limits
        self._api_headers = [*api_headers(settings), (b"vary", b"cookie, authorization")]
        self._sandbox_headers = sandbox_headers(settings)
        self._page_headers = page_headers(settings)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request. A client who leaves ends it without a word."""
        received: Headers = scope["headers"]
        correlation_id = accepted_correlation_id(dict(received).get(b"x-correlation-id"))
        begin_work(correlation_id)
        always = [(b"x-correlation-id", correlation_id.encode("ascii"))]
        began = time.perf_counter()
        target = None
        status = 499
        self._metrics.in_flight.inc()
        try:
            check_request_line(scope)
            raw_path: bytes = scope.get("raw_path") or quote(scope["path"]).encode("ascii")
            target = target_of(raw_path.decode("latin-1"), development=self._settings.development)
            if target is None:
                raise NotFound("Cette adresse ne mène nulle part.")
            name_request(scope["method"], target.template)
            always += self._sandbox_headers if target.audience == "sandbox" else self._api_headers
            status = await self._pass(scope, target, correlation_id, always, receive, send)
        except Problem as problem:
            status = problem.status
            if scope["path"].startswith(SEEN_BY_PEOPLE):
                page = self._page_of(problem, scope)
                page.raw_headers += [always[0], *self._page_headers]  # our own page, with our stylesheet
                await page(scope, receive, send)
            else:
                headers = always if target else [*always, *self._api_headers]
                await _refuse(problem, headers, scope["method"], send)
        except ClientDisconnected:
            self._metrics.disconnects.inc()
        finally:
            audience, service = (target.audience, target.service) if target else ("none", "none")
            self._metrics.in_flight.dec()
            self._metrics.observe(audience, service, status, time.perf_counter() - began)

    async def _pass(
        self,
        scope: Scope,
        target: Target,
        correlation_id: str,
        always: Headers,
        receive: Receive,
        send: Send,
    ) -> int:
        method: str = scope["method"]
        if method not in METHODS:
            raise NoSuchMethod("Cette méthode n’est pas permise.")
        address = client_address(scope, self._settings.trusted_proxies)
        self._limits.count_address(address)
        self._limits.count_guess(address, method, target.service, target.path)
        asked: Headers = scope["headers"]
        try:
            caller = await self._callers.find(target, method, asked)
        except UpstreamProblem as problem:
            raise Unavailable(
                "La connexion ne peut pas être vérifiée pour le moment. Réessayez dans un instant.",
                retry_after=problem.retry_after_seconds or RETRY_AFTER_SECONDS,
            ) from problem
        account = caller.counted_as(address)
        if account is not None:
            self._limits.count_account(account)

        headers = inwards(asked)
        headers.popall("Authorization", None)
        if caller.authorization is not None:
            headers["Authorization"] = caller.authorization
        headers["X-Forwarded-For"] = address
        headers.update(signed(self._settings.gateway_key, address))
        headers["X-Correlation-Id"] = correlation_id
        headers["Traceparent"] = new_traceparent(dict(asked).get(b"traceparent"))
        query: bytes = scope["query_string"]
        url = self._roots[target.service] + target.path + (f"?{query.decode('latin-1')}" if query else "")
        limit = self._settings.max_document_bytes if target.takes_documents else self._settings.max_body_bytes

        def added(status: int) -> Headers:
            return always + self._consequences(target, method, caller, status)

        try:
            return await self._relay.pass_on(
                method,
                url,
                headers,
                asked=asked,
                body_limit_bytes=limit,
                receive=receive,
                send=send,
                added=added,
            )
        except Problem as problem:
            if problem.status >= 500:
                log.warning(
                    "service_failed",
                    service=target.service,
                    problem=problem.type,
                    why=repr(problem.__cause__),
                )
            raise

    def _consequences(self, target: Target, method: str, caller: Caller, status: int) -> Headers:
        """The cookie to set with the answer; what the service did may change or end the session."""
        if caller is ANONYMOUS or (caller.session is None and target.service != "identity"):
            return []
        cookie = caller.set_cookie
        if target.service == "identity" and method not in SAFE_METHODS and status < 300:
            if caller.session_id is not None:
                self._sessions.status.forget(caller.session_id)
            if caller.session is not None:
                self._sessions.outdate(caller.session)
                if method == "DELETE" and target.path.endswith("/sessions/current"):
                    cookie = removal_cookie(cookie_name(caller.session.subject)).encode("ascii")
        return [(b"set-cookie", cookie)] if cookie is not None else []


async def _refuse(problem: Problem, always: Headers, method: str, send: Send) -> None:
    headers, body = problem_answer(problem)
    if isinstance(problem, NotSignedIn) and problem.removed_cookie is not None:
        headers.append((b"set-cookie", removal_cookie(problem.removed_cookie).encode("ascii")))
    await send({"type": "http.response.start", "status": problem.status, "headers": headers + always})
    await send({"type": "http.response.body", "body": b"" if method == "HEAD" else body})
