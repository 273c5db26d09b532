"""What the requests service tells: requests submitted and decided."""

from datetime import date, datetime
from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import Field

from preau.contracts.event import Event, Part


class PickupEffect(Part):
    """Someone may fetch a child from ``valid_from`` (included) to ``valid_to`` (included, or without end)."""

    kind: Literal["pickup_authorisation"] = "pickup_authorisation"
    child_id: UUID
    person_name: str
    relation: str = ""
    phone: str = ""
    valid_from: date
    valid_to: date | None = None


class AddressEffect(Part):
    """The family lives somewhere else from ``valid_from`` on."""

    kind: Literal["address_change"] = "address_change"
    street: str
    postal_code: str
    city: str
    valid_from: date


class NoEffect(Part):
    """The decision changes no record."""

    kind: Literal["none"] = "none"


Effect = Annotated[PickupEffect | AddressEffect | NoEffect, Field(discriminator="kind")]


class RequestSubmittedV1(Event):
    """A family filed a request. ``aggregate_id`` is the request's id."""

    event_type: ClassVar[str] = "requests.request.submitted"

    family_id: UUID
    account_id: UUID | None = None
    category_code: str
    category_label: str
    submitted_at: datetime


class RequestDecidedV1(Event):
    """An agent accepted or refused a request. ``aggregate_id`` is the request's id."""

    event_type: ClassVar[str] = "requests.request.decided"

    family_id: UUID
    account_id: UUID | None = None
    category_code: str
    category_label: str
    decision: Literal["accepted", "refused"]
    message: str = ""
    decided_at: datetime
    effect: Effect = NoEffect()
