"""The plan of an invoice, one at most."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from preau.billing.database import Table
from preau.common.db.tables import commune_column, instant, optional_instant, version_column


class InstalmentPlan(Table):
    """``parts`` by day: ``[{"due_on": "2026-12-05", "cents": 1200}]``, in sum what was due when it was made.

    ``is_paid_by_parts``: whether the régie took parts online then. A plan that is made anew replaces it.
    """

    __tablename__ = "instalment_plan"

    invoice_id: Mapped[UUID] = mapped_column(primary_key=True)
    commune_id: Mapped[UUID] = commune_column()
    parts: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    is_paid_by_parts: Mapped[bool]
    reason: Mapped[str]
    made_at: Mapped[datetime] = instant()
    cancelled_at: Mapped[datetime | None] = optional_instant()
    version: Mapped[int] = version_column()
