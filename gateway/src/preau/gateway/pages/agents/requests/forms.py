"""What an agent answers to a request."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from preau.gateway.pages.form_fields import Needed, NeededWith, PerhapsWhole
from preau.gateway.pages.form_models import FormModel


class AnswerForm(FormModel):
    """The button that was pressed, and a word to the family, which some answers need."""

    action: Annotated[
        Literal["review", "info-request", "message", "accepted", "refused"],
        Needed("Choisissez quoi répondre à la demande."),
    ]
    message: Annotated[
        str,
        Field(title="Message à la famille"),
        NeededWith("action", ("info-request", "message"), "Écrivez ce que la famille doit savoir."),
        NeededWith("action", ("refused",), "Un refus s’explique : indiquez pourquoi."),
    ] = ""
    seen_version: PerhapsWhole = None

    def decision(self) -> dict[str, Any]:
        """The decision as the service takes it: on the version that the agent saw."""
        seen = {} if self.seen_version is None else {"seen_version": self.seen_version}
        return {"decision": self.action, "message": self.message, **seen}
