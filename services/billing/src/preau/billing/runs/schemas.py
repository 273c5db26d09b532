"""Runs over HTTP. Money in cents."""

from datetime import date, datetime
from uuid import UUID

from pydantic import Field

from preau.billing.runs.domain import AnomalyKind, RunKind
from preau.billing.runs.lifecycle import Status
from preau.common.http.schemas import RequestModel, ResponseModel
from preau.common.http.texts import Line

MONTH = r"^20\d{2}-(0[1-9]|1[0-2])$"
"""A month as "2026-03"."""


class RunIn(RequestModel):
    regie_id: UUID
    period: str = Field(pattern=MONTH)
    kind: RunKind = "month_end"
    carries: bool = True
    """Whether small amounts are carried over, where the régie does; a complement never carries."""


class RunOut(ResponseModel):
    """``families`` and ``total_cents`` grow while the run computes; computed, it is a preview.

    ``carry_under_cents``: a month that asks for less is carried over, null when none is;
    ``families_carried`` were, with ``carried_cents``: they are no longer among ``families`` then.
    ``stages_done`` grows to ``chunks_total`` while it is issued, and ``invoices_issued`` with it.
    """

    run_id: UUID
    regie_id: UUID
    period: str
    kind: RunKind
    sequence: int
    status: Status
    chunks_total: int
    chunks_done: int
    stages_done: int
    invoices_issued: int
    carry_under_cents: int | None
    families_carried: int
    carried_cents: int
    families: int
    total_cents: int
    previous_total_cents: int
    created_at: datetime
    computed_at: datetime | None
    issued_at: datetime | None


class AnomalyOut(ResponseModel):
    """``invoice_id`` is the family's draft or invoice of the run, if it has one."""

    family_id: UUID
    family_label: str
    kind: AnomalyKind
    message: str
    invoice_id: UUID | None


class SetAsideIn(RequestModel):
    """Why a family is kept out of a run."""

    reason: Line = Field(min_length=1, max_length=200)


class SetAsideOut(ResponseModel):
    family_id: UUID
    family_label: str
    reason: str


class LackingOut(ResponseModel):
    family_id: UUID
    family_label: str


class RunDetail(RunOut):
    """``lacking`` are families whose chunk workers fail at; ``left_to_issue`` counts the drafts.

    ``avoirs_to_issue`` of them are in the family's favour: each becomes an avoir.

    ``to_carry`` of the drafts would be carried over if the run were issued now, with ``to_carry_cents``.
    ``left_carried`` families are left alone, for the month waits, carried over, for the next month's end.
    """

    anomalies: list[AnomalyOut]
    set_aside: list[SetAsideOut]
    lacking: list[LackingOut]
    left_to_issue: int
    avoirs_to_issue: int
    to_carry: int
    to_carry_cents: int
    left_carried: int


class FamilyDifferenceOut(ResponseModel):
    family_id: UUID
    label: str
    now_cents: int
    before_cents: int


class ActivityDifferenceOut(ResponseModel):
    activity_id: UUID
    label: str
    now_quantity: int
    now_cents: int
    before_quantity: int
    before_cents: int


class UnmarkedDayOut(ResponseModel):
    activity_id: UUID
    label: str
    site_label: str
    day: date
    children: int


class RunReview(ResponseModel):
    """What differs from the month before, and the days whose roll is not done."""

    families: list[FamilyDifferenceOut]
    activities: list[ActivityDifferenceOut]
    unmarked: list[UnmarkedDayOut]
