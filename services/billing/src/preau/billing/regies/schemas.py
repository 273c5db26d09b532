"""Régies over HTTP."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import Field, StringConstraints

from preau.billing.regies.reminding import ReminderCalendar
from preau.billing.regies.siret import Siret
from preau.common.http.schemas import RequestModel, ResponseModel
from preau.common.http.texts import LINES, Line, PostalCode, Shaped

LETTERS = "Écrivez des lettres sans accent, des chiffres ou des tirets, sans espace."
CAPITALS = "Écrivez des lettres capitales sans accent, des chiffres ou des tirets, sans espace."
POST = "Écrivez le code du poste, six ou sept chiffres."

Notice = Annotated[str, StringConstraints(strip_whitespace=True, pattern=LINES, max_length=1500)]
"""A text that invoices print."""


CarryUnder = Annotated[int | None, Field(ge=1, le=100_00)]
"""Cents: a month that asks for less is billed with the next one; null: each is billed by itself."""


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
    street: Line | None = Field(default=None, max_length=200)
    postal_code: PostalCode | None = None
    city: Line | None = Field(default=None, max_length=100)
    siret: Siret | None = None
    payable_to: Line | None = Field(default=None, max_length=100)
    remedies: Notice | None = None
    accounting_notice: Notice | None = None
    accounting_post: Annotated[str, Shaped("|[0-9]{6,7}|02[AB][0-9]{3,4}", POST)] | None = Field(
        default=None, max_length=7
    )
    collectivity_code: Annotated[str, Shaped("|[0-9]{3}", "Écrivez trois chiffres.")] | None = None
    budget_code: Annotated[str, Shaped("|[0-9A-Z]{2}", "Écrivez deux chiffres.")] | None = None
    product_code: Annotated[str, Shaped("|[0-9A-Z]{1,4}", "Écrivez quatre chiffres au plus.")] | None = None
    revenue_account: Annotated[str, Shaped("|[0-9]{3,8}", "Écrivez un compte, par exemple 7067.")] | None = (
        None
    )
    reminders: ReminderCalendar | None = None
    takes_parts: bool | None = None
    carry_under_cents: CarryUnder = None

    def stated(self) -> dict[str, Any]:
        """What is to change: null means as it is, but for ``carry_under_cents``, which may be none."""
        values = self.model_dump(exclude_none=True)
        return values | self.model_dump(include={"carry_under_cents"}, exclude_unset=True)


class RegieOut(ResponseModel):
    """A régie: ``payable_to`` is whom cheques are made out to, ``remedies`` how its invoices are disputed."""

    regie_id: UUID
    code: str
    label: str
    due_days: int
    series_prefix: str
    reminders: ReminderCalendar
    takes_parts: bool
    carry_under_cents: int | None
    version: int
    street: str
    postal_code: str
    city: str
    siret: str
    payable_to: str
    remedies: str
    accounting_notice: str
    accounting_post: str
    collectivity_code: str
    budget_code: str
    product_code: str
    revenue_account: str
