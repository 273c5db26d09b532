"""The payments service, put together."""

from functools import cache

from fastapi import APIRouter, FastAPI

from preau.common.app import build_app
from preau.common.auth.tokens import KeySource
from preau.common.db.database import Database
from preau.common.messaging.broker import Broker
from preau.common.periodic import Periodic
from preau.contracts import topology
from preau.payments.agreements import routes as agreements
from preau.payments.payments import agent_routes, receipt_routes, routes
from preau.payments.payments.provider_calls import ProviderCalls
from preau.payments.providers.protocols import Charge
from preau.payments.providers.registry import Providers
from preau.payments.providers.sandbox import routes as sandbox
from preau.payments.providers.sandbox.adapter import SandboxProvider
from preau.payments.providers.sandbox.bank import SandboxBank
from preau.payments.providers.sandbox.notifications import NotificationPost
from preau.payments.reconciliation.periodic import ask_about_due_payments
from preau.payments.refunds.execution import carry_out_due
from preau.payments.settings import PaymentsSettings
from preau.payments.subscriptions import SUBSCRIPTIONS
from preau.payments.webhooks import routes as webhooks


def create_app(
    settings: PaymentsSettings, *, broker: Broker | None = None, keys: KeySource | None = None
) -> FastAPI:
    """The service: routes, consumers, relay, reconciliation; the sandbox bank in development."""

    @cache
    def bank(database: Database) -> SandboxBank:
        return SandboxBank(
            database,
            settings.sandbox_lifetime,
            settings.sandbox_notification_copies,
            settings.sandbox_notification_delay,
        )

    @cache
    def providers(database: Database) -> Providers:
        adapters: dict[str, Charge] = {}
        if settings.in_development:
            secret = settings.sandbox_secret.get_secret_value()
            adapters["sandbox"] = SandboxProvider(bank(database), settings.public_url, secret)
        return Providers(adapters, settings.default_provider, settings.provider_timeout)

    @cache
    def calls(database: Database) -> ProviderCalls:
        return ProviderCalls(providers(database), settings.recheck_after)

    async def reconcile(database: Database) -> bool:
        return await ask_about_due_payments(database, calls(database))

    async def refund(database: Database) -> bool:
        return await carry_out_due(database, calls(database))

    async def post_notifications(database: Database) -> bool:
        hooks_url = settings.sandbox_hooks_url or f"{settings.public_url.rstrip('/')}/hooks/payments"
        post = NotificationPost(hooks_url, settings.sandbox_secret.get_secret_value())
        return await post.post_due(database)

    routers: list[APIRouter] = [
        routes.router,
        receipt_routes.router,
        webhooks.router,
        agent_routes.router,
        agreements.router,
    ]
    periodic = [
        Periodic("ask-providers", settings.recheck_pause, reconcile),
        Periodic("carry-out-refunds", settings.refund_pause, refund),
    ]
    if settings.in_development:
        routers.append(sandbox.router)
        periodic.append(Periodic("sandbox-notifications", settings.recheck_pause, post_notifications))
    app = build_app(
        service="payments",
        settings=settings,
        topology=topology.QUEUES,
        routers=routers,
        subscriptions=SUBSCRIPTIONS,
        periodic=periodic,
        broker=broker,
        keys=keys,
    )
    app.state.providers = providers(app.state.database)
    app.state.provider_calls = calls(app.state.database)
    app.state.sandbox_bank = bank(app.state.database)
    return app
