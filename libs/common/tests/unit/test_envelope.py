"""The envelope: what the relay writes is what a consumer reads, and CloudEvents' names stay."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import ValidationError

from preau.common.ids import new_id
from preau.common.messaging.envelope import CONTENT_TYPE, Envelope, to_message

ROW: dict[str, Any] = {
    "msg_id": new_id(),
    "routing_key": "tests.thing.happened.v1",
    "created_at": datetime(2026, 3, 3, 8, 30, tzinfo=UTC),
    "aggregate_id": new_id(),
    "commune_id": new_id(),
    "aggregate_version": 3,
    "headers": json.dumps({"correlationid": "click-12345678", "causationid": "before"}),
    "payload": json.dumps({"label": "Zoé"}),
}


def envelope(**changes: Any) -> Envelope:
    document = json.loads(to_message(ROW, "tests").body)
    return Envelope.model_validate_json(json.dumps({**document, **changes}))


def test_what_the_relay_writes_is_what_a_consumer_reads() -> None:
    read = envelope()
    assert (read.id, read.subject, read.communeid) == (ROW["msg_id"], ROW["aggregate_id"], ROW["commune_id"])
    assert (read.type, read.source, read.time) == (ROW["routing_key"], "/preau/tests", ROW["created_at"])
    assert (read.aggregateversion, read.correlationid, read.causationid) == (3, "click-12345678", "before")
    assert read.data == {"label": "Zoé"}


def test_a_message_is_named_and_routed_by_its_envelope() -> None:
    message = to_message(ROW, "tests")
    assert (message.message_id, message.routing_key) == (str(ROW["msg_id"]), ROW["routing_key"])
    assert CONTENT_TYPE == "application/cloudevents+json"


def test_attributes_of_tomorrow_are_ignored() -> None:
    assert envelope(dataschema="https://preau.example/v2") == envelope()


@pytest.mark.parametrize(
    "odd",
    [
        {"id": "1"},
        {"communeid": None},
        {"time": "2026-03-03T08:30:00"},
        {"data": [1]},
        {"data": None},
        {"aggregateversion": "latest"},
    ],
)
def test_an_odd_envelope_is_refused(odd: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        envelope(**odd)
