"""How a régie reminds families of what is past due: a calendar of steps, off until it is turned on. Pure."""

from typing import Literal

from pydantic import Field

from preau.common.http.schemas import RequestModel

Means = Literal["mail", "letter", "treasury"]
"""A mail, a letter that agents send, the list that they hand over to the Treasury (Trésor public)."""
LAST_DAY = 365


class ReminderStep(RequestModel):
    """What is done so many days after the due date."""

    days: int = Field(ge=1, le=LAST_DAY)
    means: Means


class ReminderCalendar(RequestModel):
    """The steps in their order; nobody is reminded of less than ``minimum_cents`` of an invoice."""

    is_on: bool = False
    minimum_cents: int = Field(default=500, ge=1, le=100_000_00)
    steps: list[ReminderStep] = Field(default_factory=list[ReminderStep], max_length=6)


USUAL = ReminderCalendar(
    steps=[
        ReminderStep(days=8, means="mail"),
        ReminderStep(days=20, means="letter"),
        ReminderStep(days=45, means="treasury"),
    ]
)


def faults(calendar: ReminderCalendar) -> dict[str, str]:
    """What cannot stand in a calendar, by field: each step comes after the one before."""
    found = {
        f"steps.{place}.days": "Chaque relance vient après la précédente : indiquez plus de jours."
        for place, (before, step) in enumerate(zip(calendar.steps, calendar.steps[1:], strict=False), start=1)
        if step.days <= before.days
    }
    if calendar.is_on and not calendar.steps:
        found["steps"] = "Indiquez au moins une relance, ou désactivez-les."
    return found
