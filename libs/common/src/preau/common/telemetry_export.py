"""What records spans and sends them: OpenTelemetry's SDK and the published instrumentations.

Imported only when spans are wanted: its packages are the extra ``telemetry``. The SDK reads the rest of its
standard environment: ``OTEL_EXPORTER_OTLP_HEADERS``, ``OTEL_BSP_…``, ``OTEL_RESOURCE_ATTRIBUTES``.
"""

import atexit
import os
import threading
from collections.abc import Callable, Sequence
from typing import Any

from opentelemetry import propagate, trace
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.instrumentation.aiohttp_client import AioHttpClientInstrumentor
from opentelemetry.instrumentation.asyncpg import AsyncPGInstrumentor
from opentelemetry.propagators.textmap import Getter, default_getter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.sdk.trace.sampling import (
    Decision,
    ParentBased,
    Sampler,
    SamplingResult,
    TraceIdRatioBased,
)
from opentelemetry.trace import Link, SpanKind, Status, Tracer, TraceState
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from opentelemetry.util.types import Attributes

SHARE = "OTEL_TRACES_SAMPLER_ARG"
"""The share of traces that are recorded, 0 to 1; all by default."""

ENDING_SECONDS = 3.0

KEPT_ATTRIBUTES = frozenset(
    [
        "http.request.method",
        "http.response.status_code",
        "http.route",
        "network.protocol.version",
        "url.scheme",
        "server.address",
        "server.port",
        "error.type",
        "db.system.name",
        "db.namespace",
        "db.query.text",
        "messaging.system",
        "messaging.operation.type",
        "messaging.operation.name",
        "messaging.destination.name",
        "messaging.destination.subscription.name",
        "messaging.message.id",
    ]
)
"""What a span may say. Paths and queries hold ids and names, and so do headers: they are not in it. The text
of a statement holds placeholders where the values were."""


def start_export(service: str, *, open_to_all: bool) -> tuple[Tracer, Callable[[], None]]:
    """Record the spans of this process and send them in batches; the tracer, and what sends the rest.

    The rest is sent at the interpreter's exit too, which a process that a signal ends does not reach.
    """
    os.environ.setdefault("OTEL_SEMCONV_STABILITY_OPT_IN", "http,database")  # the stable names of attributes
    provider = TracerProvider(
        sampler=sampler(float(os.environ.get(SHARE) or 1), open_to_all=open_to_all),
        resource=Resource.create({"service.name": service}),
        shutdown_on_exit=False,
    )
    provider.add_span_processor(BatchSpanProcessor(WithoutPersonalData(OTLPSpanExporter())))
    trace.set_tracer_provider(provider)
    propagate.set_global_textmap(TraceparentAlone())
    for instrumentor in (AioHttpClientInstrumentor(), AsyncPGInstrumentor()):
        instrumentor.instrument(tracer_provider=provider, raise_exception_on_conflict=True)

    def end() -> None:
        """The SDK would wait half a minute for a collector that does not answer."""
        ending = threading.Thread(target=provider.shutdown, daemon=True)
        ending.start()
        ending.join(ENDING_SECONDS)

    atexit.register(end)
    return provider.get_tracer("preau"), end


class WithoutPersonalData(SpanExporter):
    """Lets out what ``KEPT_ATTRIBUTES`` names, and no message of an error: drivers quote values."""

    def __init__(self, exporter: SpanExporter) -> None:
        self._exporter = exporter

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        return self._exporter.export([without_personal_data(span) for span in spans])

    def shutdown(self) -> None:
        self._exporter.shutdown()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        return self._exporter.force_flush(timeout_millis)


def without_personal_data(span: ReadableSpan) -> ReadableSpan:
    """A copy of ``span`` with what may be known of it outside."""
    attributes = span.attributes or {}
    return ReadableSpan(
        name=span.name,
        context=span.context,
        parent=span.parent,
        resource=span.resource,
        attributes={key: value for key, value in attributes.items() if key in KEPT_ATTRIBUTES},
        kind=span.kind,
        status=Status(span.status.status_code),
        start_time=span.start_time,
        end_time=span.end_time,
        instrumentation_scope=span.instrumentation_scope,
    )


class TraceparentAlone(TraceContextTextMapPropagator):
    """W3C trace context without ``tracestate`` and without baggage: anyone may write anything into them."""

    def extract(
        self, carrier: Any, context: Context | None = None, getter: Getter[Any] = default_getter
    ) -> Context:
        received = getter.get(carrier, "traceparent")
        return super().extract({"traceparent": received[0]} if received else {}, context)


class WhereWorkEnters(Sampler):
    """Begins traces at requests and messages alone.

    A statement or a call that belongs to none (relay, periodic work) would be a trace by itself, several a
    second.
    """

    def __init__(self, share: float) -> None:
        self._by_share = TraceIdRatioBased(share)

    def should_sample(
        self,
        parent_context: Context | None,
        trace_id: int,
        name: str,
        kind: SpanKind | None = None,
        attributes: Attributes = None,
        links: Sequence[Link] | None = None,
        trace_state: TraceState | None = None,
    ) -> SamplingResult:
        if kind not in (SpanKind.SERVER, SpanKind.CONSUMER):
            return SamplingResult(Decision.DROP)
        return self._by_share.should_sample(
            parent_context, trace_id, name, kind, attributes, links, trace_state
        )

    def get_description(self) -> str:
        return f"WhereWorkEnters{{{self._by_share.get_description()}}}"


def sampler(share: float, *, open_to_all: bool) -> Sampler:
    """Record ``share`` of the traces that begin here, and whatever the caller records.

    A process ``open_to_all`` asks no caller: anyone could have all of his requests recorded, or none.
    """
    beginning = WhereWorkEnters(share)
    if open_to_all:
        return ParentBased(beginning, remote_parent_sampled=beginning, remote_parent_not_sampled=beginning)
    return ParentBased(beginning)
