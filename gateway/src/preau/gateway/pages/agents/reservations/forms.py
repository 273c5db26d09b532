"""What agents state of bookings: a decision, a word to the family, a booking for them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from preau.gateway.pages.form_fields import Day, Needed, NeededWith, Ticked
from preau.gateway.pages.form_models import FormModel


class MessageForm(FormModel):
    """A word to the family, perhaps."""

    message: Annotated[str, Field(title="Message à la famille")] = ""


class DecisionForm(MessageForm):
    """A booking accepted or refused."""

    decision: Annotated[Literal["accept", "refuse"], Needed("Choisissez d’accepter ou de refuser.")]

    @property
    def accepted(self) -> bool:
        """Whether it is."""
        return self.decision == "accept"

    def body(self) -> dict[str, object]:
        """The decision as the service takes it."""
        return self.model_dump()


class BookingForm(FormModel):
    """A booking for a child; past the deadline, with a reason."""

    child_id: Annotated[str, Field(title="Enfant"), Needed("Choisissez un enfant.")]
    activity_id: Annotated[str, Field(title="Prestation"), Needed("Choisissez une prestation.")]
    date: Annotated[Day, Field(title="Jour"), Needed("Choisissez un jour.")]
    override_deadline: Ticked = False
    reason: Annotated[
        str,
        Field(title="Motif"),
        NeededWith("override_deadline", (), "Une dérogation demande un motif : indiquez-le."),
    ] = ""
    key: str = ""
