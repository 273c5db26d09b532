"""The ledger's tables: entries and postings are written once; accounts keep the balance beside them."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import SmallInteger, Text
from sqlalchemy.orm import Mapped, mapped_column

from preau.billing.database import Table
from preau.billing.ledger.domain import Account, EntryKind
from preau.common.db.tables import commune_column, instant, optional_instant, uuid_pk


class EntryRow(Table):
    """A fact, one a cause and kind."""

    __tablename__ = "entry"

    cause_id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[EntryKind] = mapped_column(Text, primary_key=True)
    commune_id: Mapped[UUID] = commune_column()
    regie_id: Mapped[UUID]
    family_id: Mapped[UUID]
    day: Mapped[date]
    payment_id: Mapped[UUID | None]
    agent_id: Mapped[UUID | None]
    memo: Mapped[str] = mapped_column(default="")
    recorded_at: Mapped[datetime] = instant()


class PostingRow(Table):
    """``amount_cents`` debited to an account, credited below zero; an entry's sum to zero (trigger).

    ``detail`` is the activity of a revenue, the instrument of cash.
    """

    __tablename__ = "posting"

    cause_id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[EntryKind] = mapped_column(Text, primary_key=True)
    position: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    commune_id: Mapped[UUID] = commune_column()
    account: Mapped[Account] = mapped_column(Text)
    detail: Mapped[str] = mapped_column(default="")
    invoice_id: Mapped[UUID | None]
    amount_cents: Mapped[int]


class FamilyAccount(Table):
    """A family at a régie: what it is owed. Whoever moves the family's money there locks this row first."""

    __tablename__ = "family_account"

    account_id: Mapped[UUID] = uuid_pk()
    commune_id: Mapped[UUID] = commune_column()
    regie_id: Mapped[UUID]
    family_id: Mapped[UUID]
    credit_cents: Mapped[int] = mapped_column(default=0)
    credit_since: Mapped[datetime | None] = optional_instant()
