"""Spans: off nothing is there; on, they say what may be known outside and no more."""

import os
import subprocess
import sys

import pytest
from opentelemetry.context import Context
from opentelemetry.propagators.textmap import default_getter
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.sdk.trace.sampling import Decision, Sampler
from opentelemetry.trace import SpanKind, StatusCode, get_current_span

from preau.common.telemetry_export import TraceparentAlone, WithoutPersonalData, sampler

ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT"
RECORDED, UNRECORDED = (f"00-{'4b' * 16}-{'7c' * 8}-{flags}" for flags in ("01", "00"))


def told_by(program: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """What a process of its own says."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("OTEL_")}
    return subprocess.run(
        [sys.executable, "-c", program],
        env=inherited | environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


LOOK = """
import sys
from types import FunctionType
import aiohttp, asyncpg
import preau.common.app, preau.common.run
from preau.common.telemetry import record_spans, with_server_spans

record_spans("preau-tests")
parts = ("opentelemetry.sdk", "opentelemetry.exporter", "opentelemetry.instrumentation")
wrapped = [
    method.__qualname__
    for method in (
        asyncpg.connection.Connection.execute,
        asyncpg.prepared_stmt.PreparedStatement.fetch,
        aiohttp.ClientSession.__init__,
    )
    if type(method) is not FunctionType
]
app = object()
print(any(name.startswith(parts) for name in sys.modules), len(wrapped), with_server_spans(app) is not app)
"""


@pytest.mark.parametrize(
    ("endpoint", "said"),
    [({}, "False 0 False"), ({ENDPOINT: ""}, "False 0 False"), ({ENDPOINT: "http://[::1]:1"}, "True 3 True")],
)
def test_nothing_is_imported_or_wrapped_unless_an_endpoint_is_set(
    endpoint: dict[str, str], said: str
) -> None:
    told = told_by(LOOK, **endpoint)
    assert told.stdout.strip() == said, told.stderr


def test_an_endpoint_without_the_packages_is_told() -> None:
    program = """
import sys
sys.modules["opentelemetry.sdk"] = None  # as if it were not installed
from fastapi import FastAPI
from preau.common.run import service_main
from preau.common.settings import MigrationSettings

sys.argv[1:] = ["serve"]
service_main("tests", MigrationSettings, lambda settings: FastAPI())
"""
    told = told_by(
        program,
        **{ENDPOINT: "http://[::1]:1", "PREAU_OWNER_DATABASE_URL": "postgresql://nobody@nowhere/none"},
    )
    assert told.returncode == 2
    assert told.stderr.startswith("tests does not start: OTEL_EXPORTER_OTLP_ENDPOINT ")
    assert "install preau-common[telemetry]" in told.stderr


FAIL = """
import os
from opentelemetry import trace
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from preau.common.telemetry import begin_sends, end_sends, processing, record_spans

record_spans("preau-tests")
kept = InMemorySpanExporter()
trace.get_tracer_provider().add_span_processor(SimpleSpanProcessor(kept))
traceparent = "00-" + "4b" * 16 + "-" + "7c" * 8 + "-01"
spans = begin_sends("x", [("a", "1", traceparent), ("b", "2", traceparent)])
end_sends(spans, [None, TimeoutError("Dupont")])
try:
    with processing(system="x", queue="q", event="b", message_id="2", traceparent=traceparent):
        raise LookupError("Dupont")
except LookupError:
    pass
for span in kept.get_finished_spans():
    told = span.name, span.status.status_code.name, span.attributes.get("error.type")
    print(*told, span.status.description, len(span.events), f"{span.parent.span_id:x}" == "7c" * 8)
os._exit(0)
"""


def test_what_failed_is_told_by_its_kind() -> None:
    assert told_by(FAIL, **{ENDPOINT: "http://[::1]:1"}).stdout.splitlines() == [
        "send a UNSET None None 0 True",
        "send b ERROR TimeoutError None 0 True",
        "process q ERROR LookupError None 0 True",
    ]


def test_a_collector_that_does_not_answer_holds_up_no_end() -> None:
    program = f"""
import os, socket, threading
from preau.common.telemetry import end_recording, processing, record_spans

silent = socket.create_server(("127.0.0.1", 0))
os.environ["{ENDPOINT}"] = f"http://127.0.0.1:{{silent.getsockname()[1]}}"
record_spans("preau-tests")
with processing(system="", queue="", event="", message_id="", traceparent=""):
    pass
end_recording()
print(*(thread.name.partition(" ")[2] for thread in threading.enumerate()))
silent.settimeout(60)
silent.accept()
"""
    told = told_by(program)
    assert told.returncode == 0, told.stderr
    assert "(shutdown)" in told.stdout, "the end of the sending is not waited for"


def test_a_span_leaves_without_personal_data() -> None:
    kept = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(WithoutPersonalData(kept)))
    attributes = {
        "http.route": "/agent/families/{family_id}",
        "url.path": "/agent/families/0190",
        "url.query": "search=Dupont",
        "url.full": "http://identity/agent/families/0190?search=Dupont",
        "client.address": "192.0.2.7",
        "user_agent.original": "Mozilla",
        "http.request.header.authorization": ("Bearer Dupont",),
        "db.statement.parameters": "('Dupont',)",
    }
    tracer = provider.get_tracer("tests")
    with (
        pytest.raises(ValueError, match="Dupont"),
        tracer.start_as_current_span("GET /agent/families/{family_id}", attributes=attributes) as inner,
    ):
        inner.add_link(inner.get_span_context(), {"name": "Dupont"})
        raise ValueError("Key (email)=(dupont@example.org) already exists: Dupont")
    [span] = kept.get_finished_spans()
    assert dict(span.attributes or {}) == {"http.route": "/agent/families/{family_id}"}
    assert (span.status.status_code, span.status.description) == (StatusCode.ERROR, None)
    assert span.context == inner.get_span_context()
    said = span.to_json()
    assert "Dupont" not in said and "dupont" not in said


@pytest.mark.parametrize("open_to_all", [False, True])
def test_a_trace_begins_where_work_enters(open_to_all: bool) -> None:
    sampling = sampler(1.0, open_to_all=open_to_all)
    assert is_recorded(sampling, SpanKind.SERVER) and is_recorded(sampling, SpanKind.CONSUMER)
    assert not is_recorded(sampling, SpanKind.CLIENT)
    assert not is_recorded(sampling, SpanKind.PRODUCER)


def test_the_caller_decides_except_where_anyone_may_call() -> None:
    for share in (0.0, 1.0):
        inside = sampler(share, open_to_all=False)
        assert is_recorded(inside, SpanKind.SERVER, RECORDED)
        assert not is_recorded(inside, SpanKind.SERVER, UNRECORDED)
        outside = sampler(share, open_to_all=True)
        assert is_recorded(outside, SpanKind.SERVER, RECORDED) is bool(share)
        assert is_recorded(outside, SpanKind.SERVER, UNRECORDED) is bool(share)


def is_recorded(sampling: Sampler, kind: SpanKind, traceparent: str = "") -> bool:
    context = TraceparentAlone().extract({"traceparent": traceparent}, Context())
    decision = sampling.should_sample(context, int("4b" * 16, 16), "any", kind).decision
    return decision is Decision.RECORD_AND_SAMPLE


def test_nothing_but_the_traceparent_comes_in() -> None:
    sent = {"traceparent": RECORDED, "tracestate": "name=Dupont", "baggage": "name=Dupont"}
    context = TraceparentAlone().extract(sent, Context(), default_getter)
    found = get_current_span(context).get_span_context()
    assert f"{found.trace_id:032x}" == "4b" * 16
    handed_on: dict[str, str] = {}
    TraceparentAlone().inject(handed_on, context)
    assert handed_on == {"traceparent": RECORDED}
