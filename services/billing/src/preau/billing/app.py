"""The billing service: its routes, its consumers, its periodic work."""

from datetime import timedelta

from fastapi import FastAPI
from obstore.store import ObjectStore

from preau.billing.carried_months.routes import router as carried_months
from preau.billing.certificates.routes import router as certificates
from preau.billing.credits.routes import router as credits
from preau.billing.debts.periodic import publish_debts
from preau.billing.debts.routes import router as debts
from preau.billing.exports.routes import router as exports
from preau.billing.invoices.agent_routes import router as agent_invoices
from preau.billing.invoices.instalments.routes import router as instalments
from preau.billing.invoices.routes import router as invoices
from preau.billing.manual_invoices.routes import router as manual_invoices
from preau.billing.prints.rendering import sweep, work
from preau.billing.prints.routes import router as prints
from preau.billing.quotes.routes import router as quotes
from preau.billing.refunds.routes import router as refunds
from preau.billing.regies.routes import router as regies
from preau.billing.reminders.periodic import remind_late
from preau.billing.reminders.routes import router as reminders
from preau.billing.runs.periodic import requeue_stuck_chunks
from preau.billing.runs.repository import IDLE_SECONDS
from preau.billing.runs.routes import router as runs
from preau.billing.settings import BillingSettings
from preau.billing.simulations.routes import router as simulations
from preau.billing.statements.routes import router as statements
from preau.billing.subscriptions import SUBSCRIPTIONS, run_chunks
from preau.billing.tariffs.routes import router as tariffs
from preau.billing.write_offs.routes import router as write_offs
from preau.billing.years.routes import router as years
from preau.common.app import build_app
from preau.common.http.changes import router as journal
from preau.common.measures import Measure
from preau.common.messaging.broker import Broker
from preau.common.objects import open_store
from preau.common.periodic import Periodic
from preau.contracts import topology


def create_app(settings: BillingSettings, *, broker: Broker | None = None) -> FastAPI:
    """The ``serve`` role. It computes chunks of runs only if ``consume_chunks`` says so."""
    subscriptions = [*SUBSCRIPTIONS]
    if settings.consume_chunks:
        subscriptions.append(run_chunks(settings.chunk_lease))
    store = open_store(settings.prints_url)
    app = build_app(
        service="billing",
        settings=settings,
        topology=topology.QUEUES,
        routers=[
            journal,
            regies,
            tariffs,
            simulations,
            quotes,
            runs,
            carried_months,
            invoices,
            agent_invoices,
            prints,
            instalments,
            manual_invoices,
            reminders,
            debts,
            write_offs,
            credits,
            refunds,
            statements,
            years,
            certificates,
            exports,
        ],
        subscriptions=subscriptions,
        periodic=[
            Periodic(
                "requeue-stuck-chunks",
                every=min(timedelta(seconds=5), settings.chunk_lease / 2),
                run=lambda database: requeue_stuck_chunks(database, settings.chunk_lease),
            ),
            Periodic("sweep-prints", timedelta(hours=6), lambda database: sweep(database, store)),
            *([_printing(settings, store)] if settings.consume_chunks else []),
            Periodic("publish-debts", every=timedelta(seconds=20), run=publish_debts),
            Periodic("remind-late", every=timedelta(minutes=10), run=remind_late),
        ],
        broker=broker,
        measures=[
            Measure(
                "preau_billing_run_idle_seconds", "The longest that a run has had no chunk done", IDLE_SECONDS
            )
        ],
    )
    app.state.prints = store
    return app


def create_worker(settings: BillingSettings, *, broker: Broker | None = None) -> FastAPI:
    """The ``worker`` role: chunks of runs and of prints and nothing else, with the technical routes."""
    return build_app(
        service="billing",
        settings=settings,
        topology=topology.QUEUES,
        subscriptions=[run_chunks(settings.chunk_lease)],
        periodic=[_printing(settings, open_store(settings.prints_url))],
        broker=broker,
    )


def _printing(settings: BillingSettings, store: ObjectStore) -> Periodic:
    return Periodic(
        "print-invoices",
        timedelta(seconds=1),
        lambda database: work(database, store, settings.chunk_lease, settings.public_url),
    )
