"""Spans by OpenTelemetry: off, unless ``OTEL_EXPORTER_OTLP_ENDPOINT`` says where they go.

Off, nothing but OpenTelemetry's API is imported (FastAPI needs it anyway), nothing is wrapped, and what
stands here returns at once. On, a process records its requests, its statements, its calls to others and its
events, and ``preau.common.telemetry_export`` sends them by OTLP over HTTP. Either way the trace goes on by
hand, from the gateway through outbox and envelope (``preau.common.context.traceparent``).

The instrumentation of aio-pika is not used: it would see a message arrive, not what is done with it (a batch,
one transaction), and publications of the relay outside the trace of their events. Nor is FastAPI's, which
records a span by itself.
"""

import os
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext

from fastapi.telemetry import TelemetryConfig
from opentelemetry import propagate, trace
from opentelemetry.context import Context
from opentelemetry.trace import Span, SpanKind, StatusCode, Tracer
from starlette.middleware.opentelemetry import OpenTelemetryMiddleware
from starlette.types import ASGIApp

ENDPOINTS = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
"""The environment's standard names for where spans go: ``http://collector:4318``, or the whole address."""
TECHNICAL_PATHS = ("/healthz", "/readyz", "/metrics")

_tracer: Tracer | None = None
"""Of this process, as OpenTelemetry's provider is; none while spans are not recorded."""
_end_export: Callable[[], None] | None = None


class TelemetryNotInstalled(RuntimeError):
    """Spans are wanted, and the packages that record them are not there."""


def record_spans(service: str, *, open_to_all: bool = False) -> None:
    """Have this process record spans as ``service``, if the environment says where to.

    Once a process, before its app is built. A process ``open_to_all`` decides by itself which traces are
    recorded; the others do as their caller did. Raises ``TelemetryNotInstalled``.
    """
    global _tracer, _end_export
    if not any(os.environ.get(name) for name in ENDPOINTS):
        return
    try:
        from preau.common.telemetry_export import start_export
    except ImportError as error:
        raise TelemetryNotInstalled(
            f"{' or '.join(ENDPOINTS)} is set, but {error.name} is not installed: "
            "install preau-common[telemetry], or unset it"
        ) from error
    _tracer, _end_export = start_export(service, open_to_all=open_to_all)


def end_recording() -> None:
    """Send what is left, if the collector takes it within some seconds; at once when nothing is recorded."""
    if _end_export is not None:
        _end_export()


def server_spans(*untold: str) -> TelemetryConfig:
    """What FastAPI records of a request by itself: one span, named after the route's template.

    Never its logs (they quote what people entered) nor its metrics (we have our own), and none of it without
    ``record_spans``, whatever the environment says. Paths that begin with one of ``untold`` are left out.
    """
    return {
        "metrics": False,
        "logs": False,
        "operation_spans": False,
        "auto_configure": False,
        "exclude": lambda scope: scope.get("path", "").startswith((*TECHNICAL_PATHS, *untold)),
    }


def with_server_spans(app: ASGIApp) -> ASGIApp:
    """A span a request for an application that is not FastAPI's; ``name_request`` tells the route."""
    return app if _tracer is None else OpenTelemetryMiddleware(app)


def name_request(method: str, route: str) -> None:
    """Say which route the present request takes, as a template."""
    if _tracer is not None:
        span = trace.get_current_span()
        span.update_name(f"{method} {route}")
        span.set_attribute("http.route", route)


def present_trace() -> str:
    """The traceparent of the present span; empty if none is recorded."""
    return "" if _tracer is None else _traceparent(trace.get_current_span())


def processing(
    *, system: str, queue: str, event: str, message_id: str, traceparent: str
) -> AbstractContextManager[str]:
    """A span around what a message sets off, in the trace of the event; gives the traceparent to hand on."""
    if _tracer is None:
        return nullcontext(traceparent)
    attributes = {**_of_message("process", system, event, message_id), _SUBSCRIPTION: queue}
    return _processing(_tracer, f"process {queue}", attributes, traceparent)


def begin_sends(system: str, messages: Iterable[tuple[str, str, str]]) -> Sequence[Span]:
    """Spans of a batch that is being published, each in the trace of its event: for ``end_sends``.

    ``messages`` are the event's type, the message's id and the traceparent of what set it off.
    """
    if _tracer is None:
        return ()
    return [
        _tracer.start_span(
            f"send {event}",
            context=_context(traceparent),
            kind=SpanKind.PRODUCER,
            attributes=_of_message("send", system, event, message_id),
        )
        for event, message_id, traceparent in messages
    ]


def end_sends(spans: Sequence[Span], results: Sequence[BaseException | None]) -> None:
    """They were confirmed, or why not."""
    for span, error in zip(spans, results, strict=False):  # no spans when none are recorded
        if error is not None:
            _failed(span, error)
        span.end()


_SUBSCRIPTION = "messaging.destination.subscription.name"


def _of_message(operation: str, system: str, event: str, message_id: str) -> dict[str, str]:
    return {
        "messaging.system": system,
        "messaging.operation.type": operation,
        "messaging.operation.name": operation,
        "messaging.destination.name": event,
        "messaging.message.id": message_id,
    }


@contextmanager
def _processing(tracer: Tracer, name: str, attributes: dict[str, str], traceparent: str) -> Generator[str]:
    with tracer.start_as_current_span(
        name,
        context=_context(traceparent),
        kind=SpanKind.CONSUMER,
        attributes=attributes,
        record_exception=False,
        set_status_on_exception=False,
    ) as span:
        try:
            yield _traceparent(span)
        except Exception as error:
            _failed(span, error)
            raise


def _context(traceparent: str) -> Context:
    return propagate.extract({"traceparent": traceparent}, Context())


def _traceparent(span: Span) -> str:
    context = span.get_span_context()
    if not context.is_valid:
        return ""
    return f"00-{context.trace_id:032x}-{context.span_id:016x}-{context.trace_flags:02x}"


def _failed(span: Span, error: BaseException) -> None:
    span.set_attribute("error.type", type(error).__qualname__)
    span.set_status(StatusCode.ERROR)
