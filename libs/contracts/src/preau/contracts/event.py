"""What an event is: data, no behaviour.

A contract is versioned by its class: inside a version, fields are only ever added, with a default.
A reader ignores fields that it does not know.
"""

from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

Cents = Annotated[int, Field(strict=True)]
"""An amount of money in euro cents."""


class Part(BaseModel):
    """A part of an event: frozen, unknown fields ignored."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class Event(Part):
    """Something that happened in one commune, named in the past.

    ``aggregate_id`` and ``aggregate_version`` name the state that the event carries: a reader that keeps
    a copy ignores an older version than the one it has.
    """

    event_type: ClassVar[str]
    """``<publisher>.<aggregate>.<what happened>``: the routing key, without the version."""
    event_version: ClassVar[int] = 1

    commune_id: UUID
    aggregate_id: UUID
    aggregate_version: int = 1

    @classmethod
    def full_type(cls) -> str:
        """The CloudEvents type, such as ``billing.invoice.issued.v1``; also the AMQP routing key."""
        return f"{cls.event_type}.v{cls.event_version}"
