"""The outermost layer of a service: correlation id, figures, and an answer to whatever goes wrong.

Plain ASGI, so that streams pass through untouched.
"""

import time

from fastapi import FastAPI, Request
from prometheus_client import CollectorRegistry, Counter, Histogram
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from preau.common.context import begin_work
from preau.common.telemetry import present_trace

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


class HttpFigures:
    """Requests and their durations, by route template: never by path, which holds identifiers."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.requests = Counter(
            "preau_http_requests_total", "Requests", ["method", "route", "status"], registry=registry
        )
        self.seconds = Histogram(
            "preau_http_request_seconds", "Duration", ["method", "route"], registry=registry, buckets=BUCKETS
        )

    def observe(self, scope: Scope, status: int, seconds: float) -> None:
        route = getattr(scope.get("route"), "path", "other")
        method = scope["method"]
        self.requests.labels(method, route, status).inc()
        self.seconds.labels(method, route).observe(seconds)


class Edge:
    """Wraps the app of a service."""

    def __init__(self, app: ASGIApp, *, service: FastAPI, figures: HttpFigures) -> None:
        self._app = app
        self._service = service
        self._figures = figures

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = {
            key: value for key, value in scope["headers"] if key in {b"x-correlation-id", b"traceparent"}
        }
        correlation = begin_work(
            headers.get(b"x-correlation-id", b"").decode("latin-1"),
            trace=present_trace() or headers.get(b"traceparent", b"").decode("latin-1"),
        )
        started = time.perf_counter()
        status = 0

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)["x-correlation-id"] = correlation
            await send(message)

        try:
            await self._app(scope, receive, send_with_id)
        except Exception as error:
            if status:
                raise
            response = await self._service.state.unexpected_error(Request(scope), error)
            await response(scope, receive, send_with_id)
        finally:
            self._figures.observe(scope, status or 500, time.perf_counter() - started)
