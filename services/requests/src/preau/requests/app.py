"""The requests service."""

from datetime import timedelta

from fastapi import FastAPI

from preau.common.app import build_app
from preau.common.auth.tokens import KeySource
from preau.common.db.database import Database
from preau.common.http.changes import router as journal
from preau.common.messaging.broker import Broker
from preau.common.objects import open_store
from preau.common.periodic import Periodic
from preau.contracts import topology
from preau.requests.categories.routes import router as categories
from preau.requests.documents.isolation import Cleaner
from preau.requests.documents.orphans import sweep_orphans
from preau.requests.documents.routes import router as documents
from preau.requests.requests.agent_routes import router as agent_requests
from preau.requests.requests.document_routes import router as documents_shown
from preau.requests.requests.routes import router as requests
from preau.requests.settings import RequestsSettings
from preau.requests.subscriptions import COPIES


def create_app(
    settings: RequestsSettings, *, broker: Broker | None = None, keys: KeySource | None = None
) -> FastAPI:
    """The service with its routes, its consumer and the sweeper of orphaned objects."""
    store = open_store(settings.documents_url)

    async def sweep(database: Database) -> None:
        await sweep_orphans(database, store)

    app = build_app(
        service="requests",
        settings=settings,
        topology=topology.QUEUES,
        routers=[journal, categories, documents, documents_shown, requests, agent_requests],
        subscriptions=[COPIES],
        periodic=[Periodic("sweep-orphaned-objects", timedelta(hours=6), sweep)],
        broker=broker,
        keys=keys,
    )
    app.state.documents = store
    app.state.cleaner = Cleaner()
    return app
