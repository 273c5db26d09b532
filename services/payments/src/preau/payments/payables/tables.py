"""The invoices that billing published. A copy: billing has the truth."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from preau.common.db.tables import commune_column, instant, optional_instant
from preau.payments.database import Table, status_column
from preau.payments.payables.domain import PayableStatus


class Payable(Table):
    """An invoice that asks for money. ``invoice_version`` is billing's, 0 until billing says more of it.

    ``billed_due_cents`` was due by what billing said last, when it had heard of ``received_cents`` of
    payments; ``paid_cents`` is what came in by our payments so far: what billing has not heard of is not due
    any more. ``next_part_cents`` of an instalment plan can be paid alone.
    """

    __tablename__ = "payable"

    invoice_id: Mapped[UUID] = mapped_column(primary_key=True)
    commune_id: Mapped[UUID] = commune_column()
    regie_id: Mapped[UUID]
    regie_label: Mapped[str]
    family_id: Mapped[UUID]
    number: Mapped[str]
    kind: Mapped[str]
    total_cents: Mapped[int]
    paid_cents: Mapped[int] = mapped_column(default=0)
    billed_due_cents: Mapped[int]
    received_cents: Mapped[int] = mapped_column(default=0)
    next_part_cents: Mapped[int | None]
    due_date: Mapped[date]
    order_id: Mapped[UUID | None]
    status: Mapped[PayableStatus] = status_column(PayableStatus, default=PayableStatus.OPEN)
    invoice_version: Mapped[int] = mapped_column(default=0)
    opened_at: Mapped[datetime] = instant()
    closed_at: Mapped[datetime | None] = optional_instant()

    @property
    def due_cents(self) -> int:
        return max(0, self.billed_due_cents - (self.paid_cents - self.received_cents))

    @property
    def part_cents(self) -> int:
        """What can be paid of it alone: of the next part of its plan, 0 where there is none."""
        unheard = self.paid_cents - self.received_cents
        return min(self.due_cents, max(0, (self.next_part_cents or 0) - unheard))
