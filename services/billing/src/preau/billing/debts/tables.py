"""A commune's rule, the families that are exempt for a time, and what was published of each family."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from preau.billing.database import Table
from preau.common.db.tables import commune_column, instant, version_column


class DebtRule(Table):
    """Who owes at least ``threshold_cents`` that are past due since ``days`` days books no more."""

    __tablename__ = "debt_rule"

    commune_id: Mapped[UUID] = mapped_column(primary_key=True)
    is_on: Mapped[bool] = mapped_column(default=False)
    threshold_cents: Mapped[int]
    days: Mapped[int]
    version: Mapped[int] = version_column()


class DebtExemption(Table):
    """A family that may book all the same, up to and with a day."""

    __tablename__ = "debt_exemption"

    family_id: Mapped[UUID] = mapped_column(primary_key=True)
    commune_id: Mapped[UUID] = commune_column()
    until: Mapped[date]
    reason: Mapped[str]
    made_at: Mapped[datetime] = instant()


class FamilyDebt(Table):
    """What other services were told last that keeps a family from booking; nothing of it is 0."""

    __tablename__ = "family_debt"

    family_id: Mapped[UUID] = mapped_column(primary_key=True)
    commune_id: Mapped[UUID] = commune_column()
    owed_cents: Mapped[int]
    version: Mapped[int] = version_column()
