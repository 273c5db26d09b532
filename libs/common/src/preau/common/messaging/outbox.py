"""The outbox: an event is written in the transaction that changes the state; the relay publishes it."""

from collections.abc import Sequence

from pydantic_core import to_json
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from preau.common.context import causation_id, correlation_id, traceparent
from preau.common.db.database import OUTBOX_WRITTEN
from preau.common.ids import new_id
from preau.common.messaging.envelope import EventModel

APPEND = (
    "INSERT INTO outbox (msg_id, commune_id, aggregate_type, aggregate_id, aggregate_version, type, version,"
    " routing_key, payload, headers) SELECT e.msg_id, e.commune_id, e.aggregate_type, e.aggregate_id,"
    " e.aggregate_version, e.type, e.version, e.routing_key, e.payload, e.headers"
    " FROM ROWS FROM (jsonb_to_recordset(CAST(:events AS jsonb)) AS (msg_id uuid, commune_id uuid,"
    " aggregate_type text, aggregate_id uuid, aggregate_version integer, type text, version integer,"
    " routing_key text, payload jsonb, headers jsonb)) WITH ORDINALITY AS e(msg_id, commune_id,"
    " aggregate_type, aggregate_id, aggregate_version, type, version, routing_key, payload, headers, place)"
)
"""Writes the events that :func:`rows_of` made of them: a statement, or a part of one that goes on with
``WHERE`` and ends with ``ORDER BY place``."""
_APPEND = text(f"{APPEND} ORDER BY place")


def rows_of(events: Sequence[EventModel]) -> str:
    """The rows of events in the outbox, as JSON, with what the present work knows of its cause."""
    headers = {
        key: value
        for key, value in (
            ("correlationid", correlation_id.get()),
            ("causationid", causation_id.get()),
            ("traceparent", traceparent.get()),
        )
        if value
    }
    return to_json(
        [
            {
                "msg_id": new_id(),
                "commune_id": event.commune_id,
                "aggregate_type": event.event_type.split(".")[1],
                "aggregate_id": event.aggregate_id,
                "aggregate_version": event.aggregate_version,
                "type": event.event_type,
                "version": event.event_version,
                "routing_key": event.full_type(),
                "payload": event,
                "headers": headers,
            }
            for event in events
        ]
    ).decode()


async def emit(session: AsyncSession, *events: EventModel) -> None:
    """Record events in the outbox, in the caller's transaction and in this order."""
    if not events:
        return
    await session.execute(_APPEND, {"events": rows_of(events)})
    session.info[OUTBOX_WRITTEN] = True
