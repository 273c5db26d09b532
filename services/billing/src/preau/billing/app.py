"""The billing service: its routes, its consumers, its periodic work."""

from datetime import timedelta

from fastapi import FastAPI

from preau.billing.charges.consumers import CHARGES
from preau.billing.copies.consumers import COPIES
from preau.billing.invoices.agent_routes import router as agent_invoices
from preau.billing.invoices.routes import router as invoices
from preau.billing.payments.consumers import PAYMENTS
from preau.billing.payments.routes import router as credits
from preau.billing.quotes.routes import router as quotes
from preau.billing.regies.routes import router as regies
from preau.billing.runs.routes import router as runs
from preau.billing.runs.service import take_over_stuck
from preau.billing.runs.worker import chunk_subscription
from preau.billing.settings import BillingSettings
from preau.billing.tariffs.routes import router as tariffs
from preau.common.app import build_app
from preau.common.messaging.broker import Broker
from preau.common.periodic import Periodic
from preau.contracts import topology


def create_app(settings: BillingSettings, *, broker: Broker | None = None) -> FastAPI:
    """The ``serve`` role. It computes chunks of runs only if ``consume_chunks`` says so."""
    subscriptions = [COPIES, CHARGES, PAYMENTS]
    if settings.consume_chunks:
        subscriptions.append(chunk_subscription(settings))
    return build_app(
        service="billing",
        settings=settings,
        topology=topology.QUEUES,
        routers=[regies, tariffs, quotes, runs, invoices, agent_invoices, credits],
        subscriptions=subscriptions,
        periodic=[
            Periodic(
                "take-over-stuck-chunks",
                every=min(timedelta(seconds=5), settings.chunk_lease / 2),
                run=lambda database: take_over_stuck(database, settings.chunk_lease),
            )
        ],
        broker=broker,
    )


def create_worker(settings: BillingSettings, *, broker: Broker | None = None) -> FastAPI:
    """The ``worker`` role: chunks of runs and nothing else, with the technical routes."""
    return build_app(
        service="billing",
        settings=settings,
        topology=topology.QUEUES,
        subscriptions=[chunk_subscription(settings)],
        broker=broker,
    )
