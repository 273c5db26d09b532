"""A service: its routes, its consumers, its relay and its periodic work, under one lifespan."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from fastapi import APIRouter, FastAPI, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest

from preau.common.auth.tokens import KeySource, PublishedKeys, TokenVerifier
from preau.common.db.database import Database
from preau.common.ending import end_tasks, end_within
from preau.common.housekeeping import housekeeping
from preau.common.http.client_address import check_gateway_key
from preau.common.http.edge import Edge, HttpFigures
from preau.common.http.problems import install_problem_handlers
from preau.common.logging import logger
from preau.common.measures import OUTBOX, Measure, Measures
from preau.common.messaging.broker import Broker, Consumption
from preau.common.messaging.connect import broker_from_url
from preau.common.messaging.consumer import Inbox, QueueContract, Subscription, queue_spec
from preau.common.messaging.expectation import Expectation
from preau.common.messaging.relay import Relay
from preau.common.periodic import Periodic, run_forever
from preau.common.settings import ServiceSettings
from preau.common.telemetry import server_spans

log = logger(__name__)

JOBS_SECONDS = 10.0
CLOSING_SECONDS = 5.0


def build_app(
    *,
    service: str,
    settings: ServiceSettings,
    topology: Sequence[QueueContract],
    routers: Sequence[APIRouter] = (),
    subscriptions: Sequence[Subscription] = (),
    periodic: Sequence[Periodic] = (),
    broker: Broker | None = None,
    keys: KeySource | None = None,
    measures: Sequence[Measure] = (),
) -> FastAPI:
    """Build a service; nothing is opened before its lifespan begins.

    ``broker`` is shared when given, else made from the settings. ``topology`` is the whole system's: no
    service starts before all of it is there, so that what it publishes reaches a reader that has never run.
    ``keys`` verify tokens, by default those that the identity service publishes. ``measures`` are what it
    counts in its database besides its outbox.
    """
    if routers:  # workers answer nobody
        check_gateway_key(settings.gateway_key, in_development=settings.in_development)
    database = Database(
        settings.database_url,
        system_url=settings.system_database_url,
        pool_size=settings.database_pool_size,
        system_pool_size=settings.system_database_pool_size,
        statement_seconds=settings.database_statement_seconds,
        lock_seconds=settings.database_lock_seconds,
        application_name=f"preau-{service}",
    )
    registry = CollectorRegistry()
    figures = HttpFigures(registry)
    carrier = broker or broker_from_url(
        settings.broker_url, name=f"preau-{service}", management_url=settings.broker_management_url
    )
    relay = Relay(settings.system_database_url, carrier, source=service)
    inboxes = [Inbox(database, subscription) for subscription in subscriptions]
    expectation = Expectation(carrier, [subscription.spec() for subscription in subscriptions])
    database.after_outbox_commit(relay.wake)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncGenerator[None]:
        await carrier.connect()
        await carrier.expect([queue_spec(queue) for queue in topology])
        consumptions: list[Consumption] = [await inbox.start(carrier) for inbox in inboxes]
        if settings.relay_enabled:
            relay.start()
        jobs = [
            asyncio.create_task(run_forever(job, database), name=f"{service} {job.name}")
            for job in (*periodic, *housekeeping(service, settings))
        ]
        jobs.append(
            asyncio.create_task(
                expectation.look_forever(settings.topology_check_seconds), name=f"{service} topology"
            )
        )
        app.state.ready = True
        log.info("service started", service=service)
        try:
            yield
        finally:
            app.state.ready = False
            await end_within(JOBS_SECONDS, "periodic work", end_tasks(jobs))
            await asyncio.gather(*(consumption.stop() for consumption in consumptions))
            await relay.stop()
            await end_within(CLOSING_SECONDS, "broker", carrier.close())
            await end_within(CLOSING_SECONDS, "database", database.close())
            log.info("service stopped", service=service)

    app = FastAPI(
        title=f"Préau · {service}",
        version="1",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json",
        telemetry=server_spans(),
    )
    app.state.ready = False
    app.state.settings = settings
    app.state.database = database
    app.state.broker = carrier
    app.state.relay = relay
    app.state.inboxes = inboxes
    app.state.registry = registry
    app.state.verifier = TokenVerifier(keys or PublishedKeys(settings.jwks_url))
    install_problem_handlers(app)
    app.add_middleware(Edge, service=app, figures=figures)
    for router in routers:
        app.include_router(router)
    _add_technical_routes(
        app, Measures([*OUTBOX, *measures], registry), database, carrier, relay, inboxes, expectation
    )
    return app


def _add_technical_routes(
    app: FastAPI,
    measures: Measures,
    database: Database,
    broker: Broker,
    relay: Relay,
    inboxes: Sequence[Inbox],
    expectation: Expectation,
) -> None:
    """``/healthz`` the process lives; ``/readyz`` it can work; ``/metrics`` its figures."""
    registry: CollectorRegistry = app.state.registry
    published = Gauge("preau_outbox_published", "Events published by this process", registry=registry)
    handled = Gauge("preau_inbox_handled", "Messages handled by this process", registry=registry)
    parked = Gauge("preau_inbox_parked", "Messages parked by this process", registry=registry)
    answers = Gauge("preau_broker_answers", "1 while the broker answers, else 0", registry=registry)
    missing = Gauge("preau_topology_missing", "Queues and bindings that are not there", registry=registry)

    @app.get("/healthz", include_in_schema=False)
    async def healthz() -> dict[str, str]:
        return {"status": "ok"}

    @app.get("/readyz", include_in_schema=False)
    async def readyz() -> Response:
        checks: dict[str, Any] = {
            "started": bool(app.state.ready),
            "broker": await broker.is_ready(),
            "topology": not expectation.missing,
        }
        try:
            async with asyncio.timeout(3), database.engine.connect() as connection:
                await connection.exec_driver_sql("SELECT 1")
            checks["database"] = True
        except Exception:  # whatever it is, the service is not ready
            checks["database"] = False
        good = all(checks.values())
        told: dict[str, Any] = {"status": "ok" if good else "unready", "checks": checks}
        if expectation.missing:
            told["missing"] = expectation.missing
        return JSONResponse(told, 200 if good else 503)

    @app.get("/metrics", include_in_schema=False)
    async def metrics() -> Response:
        await measures.take(database)
        published.set(relay.published)
        handled.set(sum(inbox.handled for inbox in inboxes))
        parked.set(sum(inbox.parked for inbox in inboxes))
        answers.set(await broker.is_ready())
        missing.set(len(expectation.missing))
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)
