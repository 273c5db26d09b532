"""Régies over HTTP."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from preau.billing.regies.reminding import ReminderCalendar
from preau.common.http.schemas import RequestModel, ResponseModel
from preau.common.http.texts import Line, Shaped

LETTERS = "Écrivez des lettres sans accent, des chiffres ou des tirets, sans espace."
CAPITALS = "Écrivez des lettres capitales sans accent, des chiffres ou des tirets, sans espace."


class RegieIn(RequestModel):
    """A new régie. The prefix opens its invoices' numbers and never changes."""

    code: Annotated[str, Shaped("[A-Za-z0-9-]*", LETTERS)] = Field(min_length=1, max_length=10)
    label: Line = Field(min_length=1, max_length=100)
    due_days: int = Field(default=30, ge=0, le=365)
    series_prefix: Annotated[str, Shaped("[A-Z0-9-]*", CAPITALS)] = Field(min_length=1, max_length=10)


class RegiePatch(RequestModel):
    """What may change of a régie."""

    label: Line | None = Field(default=None, min_length=1, max_length=100)
    due_days: int | None = Field(default=None, ge=0, le=365)
    reminders: ReminderCalendar | None = None
    takes_parts: bool | None = None


class RegieOut(ResponseModel):
    regie_id: UUID
    code: str
    label: str
    due_days: int
    series_prefix: str
    reminders: ReminderCalendar
    takes_parts: bool
    version: int
