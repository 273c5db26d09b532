"""What agents send about bookings."""

from typing import Self
from uuid import UUID

from pydantic import model_validator

from preau.common.http.schemas import RequestModel
from preau.reservations.bookings.lifecycle import Decision
from preau.reservations.fields import Day, Message


class AgentBookingIn(RequestModel):
    """A booking made by an agent, also past its deadline or in the past, with the reason."""

    family_id: UUID
    child_id: UUID
    activity_id: UUID
    date: Day
    override_deadline: bool = False
    reason: Message = ""

    @model_validator(mode="after")
    def _reason_given(self) -> Self:
        if self.override_deadline and not self.reason:
            raise ValueError("Une dérogation demande un motif.")
        return self


class DecisionIn(RequestModel):
    """What the agent decided; the family reads the message."""

    decision: Decision
    message: Message = ""


class CancellationIn(RequestModel):
    """Why the agent cancels; the family reads it."""

    message: Message = ""
