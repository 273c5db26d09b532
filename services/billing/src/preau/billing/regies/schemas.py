"""Régies over HTTP."""

from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from preau.billing.regies.siret import Siret
from preau.common.http.schemas import RequestModel, ResponseModel
from preau.common.http.texts import LINES, Line, PostalCode, Shaped

LETTERS = "Écrivez des lettres sans accent, des chiffres ou des tirets, sans espace."
CAPITALS = "Écrivez des lettres capitales sans accent, des chiffres ou des tirets, sans espace."

Notice = Annotated[str, StringConstraints(strip_whitespace=True, pattern=LINES, max_length=1500)]
"""A text that invoices print."""


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


class RegieOut(ResponseModel):
    """A régie: ``payable_to`` is whom cheques are made out to, ``remedies`` how its invoices are disputed."""

    regie_id: UUID
    code: str
    label: str
    due_days: int
    series_prefix: str
    version: int
    street: str
    postal_code: str
    city: str
    siret: str
    payable_to: str
    remedies: str
    accounting_notice: str
