"""Spans for real: processes over PostgreSQL and RabbitMQ, and a collector that takes what they send."""

import asyncio
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import pytest
from aiohttp import web
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from preau.common.settings import DEMO_PASSWORD
from preau.operations.tour.client import Client
from preau.testing.deployment import Deployment
from preau.testing.waiting import eventually

FAMILY = "identity.family.updated.v1"
ROUTE = "/agent/families"
RECORDED = ("gateway", "identity", "requests")
NAME, STREET = "Zébulon-Sécret", "13 impasse du Secret"


@dataclass(frozen=True)
class Recorded:
    """A span as the collector got it."""

    service: str
    kind: str
    span: Span

    @property
    def name(self) -> str:
        return self.span.name

    @property
    def trace_id(self) -> bytes:
        return self.span.trace_id

    def says(self, key: str) -> Any:
        """The attribute ``key``."""
        for attribute in self.span.attributes:
            if attribute.key == key:
                return getattr(attribute.value, attribute.value.WhichOneof("value"))
        return None


class Collector:
    """An OTLP/HTTP receiver on a port of its own."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        self.spans: list[Recorded] = []
        self.url = ""

    async def start(self) -> web.AppRunner:
        app = web.Application(client_max_size=64 * 1024 * 1024)
        app.router.add_post("/v1/traces", self._receive)
        runner = web.AppRunner(app)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        self.url = "http://{}:{}".format(*runner.addresses[0])
        return runner

    async def _receive(self, request: web.Request) -> web.Response:
        body = await request.read()
        self.bodies.append(body)
        for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
            service = next(
                a.value.string_value for a in resource.resource.attributes if a.key == "service.name"
            )
            for scope in resource.scope_spans:
                self.spans += [
                    Recorded(service, Span.SpanKind.Name(span.kind).removeprefix("SPAN_KIND_"), span)
                    for span in scope.spans
                ]
        return web.Response(
            body=ExportTraceServiceResponse().SerializeToString(), content_type="application/x-protobuf"
        )

    def find(self, service: str, kind: str, name: str) -> list[Recorded]:
        found = [one for one in self.spans if (one.service, one.kind) == (f"preau-{service}", kind)]
        return [one for one in found if one.name == name]


@pytest.fixture
async def collector() -> AsyncIterator[Collector]:
    started = Collector()
    runner = await started.start()
    yield started
    await runner.cleanup()


@pytest.fixture
async def recording(deployment: Deployment, collector: Collector) -> AsyncIterator[Deployment]:
    """The deployment with gateway, identity and requests recording spans; as before in the end."""
    environment = {
        "OTEL_EXPORTER_OTLP_ENDPOINT": collector.url,
        "OTEL_BSP_SCHEDULE_DELAY": "200",
        "FASTAPI_OTEL_AUTO_CONFIGURE": "true",  # it would send the same spans with all that they hold
    }
    await asyncio.to_thread(_kill, deployment, environment)
    deployment.bring_up()  # children are started by the main thread
    yield deployment
    await asyncio.to_thread(_kill, deployment, {})
    deployment.bring_up()


def _kill(deployment: Deployment, environment: dict[str, str]) -> None:
    for name in RECORDED:
        deployment[name].kill()
        deployment[name].environment = environment


async def register_family(deployment: Deployment) -> str:
    """One call from outside that emits an event which others consume; the family's id."""
    return await asyncio.to_thread(_register_family, deployment)


def _register_family(deployment: Deployment) -> str:
    client = Client(deployment.url, "agent")
    client.sign_in("admin@jolieville.example", DEMO_PASSWORD)
    guardian = {"civility": "m", "first_name": "Ana", "last_name": NAME, "email": "", "phone": ""}
    body = {
        "label": f"Famille {NAME}",
        "residency": "resident",
        "address": {"street": STREET, "postal_code": "99000", "city": "Jolieville"},
        "guardians": [{**guardian, "is_payer": True}],
        "children": [],
        "quotients": [],
        "known_family": True,
    }
    made = client.api("POST", "identity", "families", json=body, expect=201)["family_id"]
    found = client.api("GET", "identity", "families", params={"q": NAME})["items"]
    assert made in {family["family_id"] for family in found}
    return made


async def test_one_call_is_one_trace_over_http_outbox_broker_and_inbox(
    recording: Deployment, collector: Collector, until_sound: Callable[[], Awaitable[None]]
) -> None:
    family_id = await register_family(recording)
    await eventually(
        lambda: _has(collector, "requests", "CONSUMER", "process requests.copies"), "the consumer's span"
    )
    await until_sound()

    [served] = collector.find("identity", "SERVER", f"POST {ROUTE}")
    trace = [one for one in collector.spans if one.trace_id == served.trace_id]
    parents = {one.span.span_id: one for one in trace}
    called = parents[served.span.parent_span_id]
    assert (called.service, called.kind, called.name) == ("preau-gateway", "CLIENT", "POST")
    entered = parents[called.span.parent_span_id]
    assert (entered.service, entered.kind) == ("preau-gateway", "SERVER")
    assert entered.name == "POST /api/agent/identity/{path}"
    assert entered.says("http.response.status_code") == 201

    [sent] = [one for one in trace if one.kind == "PRODUCER"]
    assert (sent.service, sent.name, sent.says("messaging.system")) == (
        "preau-identity",
        f"send {FAMILY}",
        "rabbitmq",
    )
    [processed] = [one for one in trace if one.kind == "CONSUMER"]
    assert (processed.service, processed.name) == ("preau-requests", "process requests.copies")
    assert sent.span.parent_span_id == processed.span.parent_span_id == served.span.span_id
    assert sent.says("messaging.message.id") == processed.says("messaging.message.id") is not None

    for of in (served, processed):
        statements = [
            one
            for one in trace
            if one.span.parent_span_id == of.span.span_id and one.says("db.system.name") == "postgresql"
        ]
        assert any(one.name == "INSERT" and "$1" in one.says("db.query.text") for one in statements), of.name

    said = b"".join(collector.bodies)
    for personal in (family_id, NAME, STREET, "admin@jolieville.example", "search="):
        assert personal.encode() not in said
    assert not [one.name for one in collector.spans if one.name.endswith(("readyz", "metrics"))]
    assert {one.kind for one in collector.spans if not one.span.parent_span_id} <= {"SERVER", "CONSUMER"}


async def test_what_is_left_is_sent_at_the_end(recording: Deployment, collector: Collector) -> None:
    """A batch that waits for its time goes out when the process ends."""
    gateway = recording["gateway"]
    gateway.kill()
    gateway.environment = {**gateway.environment, "OTEL_BSP_SCHEDULE_DELAY": "60000"}
    recording.bring_up()
    await register_family(recording)
    assert not [one for one in collector.spans if one.service == "preau-gateway"]
    gateway.send_sigterm()
    assert await asyncio.to_thread(gateway.wait_for_end, 20) in (0, -signal.SIGTERM)
    assert collector.find("gateway", "SERVER", "POST /api/agent/identity/{path}")


async def _has(collector: Collector, *wanted: str) -> bool:
    return bool(collector.find(*wanted))
