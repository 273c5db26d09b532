"""A service under test: the real app on a real port, over a database of its own."""

from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import httpx2
from fastapi import FastAPI
from sqlalchemy import text

from preau.common.auth.subjects import Membership
from preau.common.db.database import Database
from preau.common.db.roles import ServiceDatabase
from preau.common.ids import new_id
from preau.common.messaging.broker import Delivery, Handled, Message, Outcome
from preau.common.messaging.envelope import EventModel, to_message
from preau.common.server.serving import InProcessServer
from preau.testing.clients import client_of
from preau.testing.databases import fresh_database
from preau.testing.tokens import TokenMint


class ServiceUnderTest:
    """What a test does with a service."""

    def __init__(
        self,
        app: FastAPI,
        url: str,
        client: httpx2.AsyncClient,
        mint: TokenMint,
        addresses: ServiceDatabase,
    ) -> None:
        self.app = app
        self.url = url
        self.client = client
        self.mint = mint
        self.addresses = addresses

    @property
    def database(self) -> Database:
        return self.app.state.database

    def parent(self, *memberships: Membership, account_id: UUID | None = None) -> dict[str, str]:
        return self.mint.parent(*memberships, account_id=account_id)

    def agent(self, commune_id: UUID, *roles: str, agent_id: UUID | None = None) -> dict[str, str]:
        return self.mint.agent(commune_id, *roles, agent_id=agent_id)

    async def deliver(
        self, event: EventModel, *, queue: str | None = None, message_id: UUID | None = None
    ) -> None:
        """Hand an event to every subscription that listens to it; raises unless it is handled."""
        for answer in await self.hand_over(event, queue=queue, message_id=message_id):
            if answer.outcome is not Outcome.DONE:
                raise AssertionError(f"{type(event).__name__}: {answer.outcome} {answer.reason}")

    async def deliver_all(self, events: Sequence[EventModel], *, batch: int = 50) -> None:
        """Hand events over in batches, as a consumer takes them: each queue its own, in their order.

        Raises unless each is handled.
        """
        for inbox in self.app.state.inboxes:
            messages = [Delivery(message_of(event)) for event in events]
            own = [each for each in messages if each.message.routing_key in inbox.routing_keys]
            for start in range(0, len(own), batch):
                for answer in await inbox.handle_batch(own[start : start + batch]):
                    if answer.outcome is not Outcome.DONE:
                        raise AssertionError(f"{inbox.name}: {answer.outcome} {answer.reason}")

    async def hand_over(
        self, event: EventModel, *, queue: str | None = None, message_id: UUID | None = None
    ) -> list[Handled]:
        """Hand an event over and give what became of it in each queue."""
        message = message_of(event, message_id)
        answers: list[Handled] = []
        for inbox in self.app.state.inboxes:
            if message.routing_key in inbox.routing_keys and queue in (None, inbox.name):
                answers += await inbox.handle_batch([Delivery(message)])
        return answers

    async def emitted(self, event_type: type[Any] | None = None) -> list[Any]:
        """The events in the outbox, oldest first: models of ``event_type``, or raw payloads of all."""
        async with self.database.system_transaction() as session:
            rows = (await session.execute(text("SELECT routing_key, payload FROM outbox ORDER BY id"))).all()
        if event_type is None:
            return [row.payload for row in rows]
        return [
            event_type.model_validate(row.payload)
            for row in rows
            if row.routing_key == event_type.full_type()
        ]

    async def forget_emitted(self) -> None:
        async with self.database.system_transaction() as session:
            await session.execute(text("DELETE FROM outbox"))


def message_of(event: EventModel, message_id: UUID | None = None) -> Message:
    """The message that the relay would publish for ``event``."""
    return to_message(
        {
            "msg_id": message_id or new_id(),
            "routing_key": event.full_type(),
            "created_at": datetime.now(UTC),
            "aggregate_id": event.aggregate_id,
            "commune_id": event.commune_id,
            "aggregate_version": event.aggregate_version,
            "headers": "{}",
            "payload": event.model_dump_json(),
        },
        event.event_type.split(".", 1)[0],
    )


@asynccontextmanager
async def running_service(
    service: str,
    create_app: Callable[..., FastAPI],
    settings_class: type[Any],
    *,
    relay: bool = False,
    **settings: Any,
) -> AsyncGenerator[ServiceUnderTest]:
    """Run a service over a fresh database; without ``relay`` its events stay in the outbox."""
    mint = TokenMint()
    async with fresh_database(service) as database:
        configured = settings_class(
            **{
                "environment": "development",
                "database_url": database.url,
                "system_database_url": database.system_url,
                "broker_url": f"local:{database.owner_url}",
                "relay_enabled": relay,
                **settings,
            }
        )
        app = create_app(configured)
        app.state.verifier = mint.verifier()
        server = InProcessServer(app)
        await server.start()
        try:
            async with client_of(server.url) as client:
                yield ServiceUnderTest(app, server.url, client, mint, database)
        finally:
            await server.stop()
