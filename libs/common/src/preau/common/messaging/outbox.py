"""The outbox: an event is written in the transaction that changes the state; the relay publishes it."""

import json

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from preau.common.context import causation_id, correlation_id, traceparent
from preau.common.db.database import OUTBOX_WRITTEN
from preau.common.ids import new_id
from preau.common.messaging.envelope import EventModel

_INSERT = text(
    "INSERT INTO outbox (msg_id, commune_id, aggregate_type, aggregate_id, aggregate_version, type, version,"
    " routing_key, payload, headers) VALUES (:msg_id, :commune_id, :aggregate_type, :aggregate_id,"
    " :aggregate_version, :type, :version, :routing_key, CAST(:payload AS jsonb), CAST(:headers AS jsonb))"
)


async def emit(session: AsyncSession, *events: EventModel) -> None:
    """Record events in the outbox, in the caller's transaction and in this order."""
    if not events:
        return
    headers = json.dumps(
        {
            key: value
            for key, value in (
                ("correlationid", correlation_id.get()),
                ("causationid", causation_id.get()),
                ("traceparent", traceparent.get()),
            )
            if value
        }
    )
    rows = [
        {
            "msg_id": new_id(),
            "commune_id": event.commune_id,
            "aggregate_type": event.event_type.split(".")[1],
            "aggregate_id": event.aggregate_id,
            "aggregate_version": event.aggregate_version,
            "type": event.event_type,
            "version": event.event_version,
            "routing_key": event.full_type(),
            "payload": event.model_dump_json(),
            "headers": headers,
        }
        for event in events
    ]
    await session.execute(_INSERT, rows[0] if len(rows) == 1 else rows)
    session.info[OUTBOX_WRITTEN] = True
