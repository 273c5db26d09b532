"""The wire format of an event: CloudEvents 1.0 in structured JSON, with correlation, causation and trace."""

from collections.abc import Mapping
from typing import Any, ClassVar, Protocol
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict

from preau.common.messaging.broker import Message


class EventModel(Protocol):
    """What the messaging needs to know of an event of ``preau.contracts``."""

    event_type: ClassVar[str]
    event_version: ClassVar[int]

    @property
    def commune_id(self) -> UUID: ...
    @property
    def aggregate_id(self) -> UUID: ...
    @property
    def aggregate_version(self) -> int: ...

    @classmethod
    def full_type(cls) -> str: ...
    def model_dump_json(self) -> str: ...
    @classmethod
    def model_validate(cls, obj: Any) -> Any: ...


class Envelope(BaseModel):
    """What stands around the data of an event; names as CloudEvents wants them."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    specversion: str
    id: UUID
    source: str
    type: str
    time: AwareDatetime
    subject: UUID
    communeid: UUID
    aggregateversion: int = 1
    correlationid: str = ""
    causationid: str = ""
    traceparent: str = ""
    data: dict[str, Any]


def source_of(event_type: str) -> str:
    """The CloudEvents source of an event: ``/preau/billing`` of ``billing.invoice.issued.v1``."""
    return f"/preau/{event_type.split('.', 1)[0]}"


CONTENT_TYPE = "application/cloudevents+json"


def to_message(row: Mapping[str, Any], service: str) -> Message:
    """The CloudEvent of a row of the outbox or the event log of ``service``.

    What ``Envelope`` reads. The payload is passed on as text, unparsed: the relay's rate hangs on it.
    """
    extra = row["headers"][1:-1].strip()
    body = (
        f'{{"specversion":"1.0","id":"{row["msg_id"]}","source":"/preau/{service}","type":"{row["routing_key"]}",'
        f'"time":"{row["created_at"].isoformat()}","subject":"{row["aggregate_id"]}",'
        f'"communeid":"{row["commune_id"]}","aggregateversion":{row["aggregate_version"]},'
        f'"datacontenttype":"application/json",{extra + "," if extra else ""}"data":{row["payload"]}}}'
    )
    return Message(str(row["msg_id"]), row["routing_key"], body.encode())
