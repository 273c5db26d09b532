"""Simulations over HTTP. Money in cents."""

import datetime
from typing import Literal
from uuid import UUID

from pydantic import Field

from preau.billing.runs.schemas import MONTH
from preau.billing.tariffs.definition import TariffDefinition
from preau.common.http.schemas import RequestModel, ResponseModel


class SimulationIn(RequestModel):
    """An activity's tariff to try on the months from ``first_month`` to ``last_month``, both included:
    a ``definition`` that need not be stated, or the stored tariff that begins on ``effective_from``.

    ``families``: only those whose price changes the most, or all of them.
    """

    activity_id: UUID
    first_month: str = Field(pattern=MONTH)
    last_month: str = Field(pattern=MONTH)
    definition: TariffDefinition | None = None
    effective_from: datetime.date | None = None
    families: Literal["biggest", "all"] = "biggest"


class AskedOut(ResponseModel):
    """What one tariff asks for: for how many charges of how many children, and how much in all."""

    charges: int
    children: int
    cents: int


class SegmentOut(ResponseModel):
    """Where prices come from: a row by its place in its tariff and its label, and a band by its label.

    Of an effort rate ``band`` is "plancher" or "plafond" where they held. The tariffs in force and the draft
    have a segment in common where row and band are called the same (a row without a label by its place);
    null where only the other has it.
    """

    row: int
    row_label: str
    band: str
    quotient_is_missing: bool
    now: AskedOut | None
    draft: AskedOut | None


class MovementOut(ResponseModel):
    """How many pay more with the draft, less, and the same; how many cents more and less in all."""

    more: int
    less: int
    same: int
    more_cents: int
    less_cents: int


class ClassOut(ResponseModel):
    """Families whose difference (draft less now, in cents) lies between two, both included; null: no end."""

    least: int | None
    most: int | None
    families: int


class FamilyComparedOut(ResponseModel):
    """What a family pays for the period by the tariffs in force, and with the draft."""

    family_id: UUID
    label: str
    now_cents: int
    draft_cents: int


class SimulationOut(ResponseModel):
    """What the draft would have asked for, beside the tariffs in force on each day.

    ``charges`` are those of families whose record is known; ``unpriced`` those of them that no tariff in
    force counts for, which are worth nothing now. Families that are not known here are left out, as a run
    leaves them. Without charges all is empty.
    """

    charges: int
    unpriced: int
    unknown_families: int
    now_cents: int
    draft_cents: int
    segments: list[SegmentOut]
    families: MovementOut
    children: MovementOut
    distribution: list[ClassOut]
    falling: list[FamilyComparedOut]
    rising: list[FamilyComparedOut]
    all_families: list[FamilyComparedOut]
