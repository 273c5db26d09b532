"""SQL of what families are owed, account by account."""

from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from preau.billing.copies.tables import FamilyCopy
from preau.billing.invoices.tables import InvoiceLine
from preau.billing.ledger.tables import EntryRow, FamilyAccount, PostingRow
from preau.billing.regies.tables import Regie
from preau.common.db.filters import equal
from preau.common.db.keyset import Keyset, PageRequest

CREDITS = Keyset(
    FamilyAccount.account_id,
    default="-since",
    keys={
        "since": FamilyAccount.credit_since,
        "amount": FamilyAccount.credit_cents,
    },
)


def _of_latest(column: Any) -> Any:
    """A column of the entry that made the credit, or of its posting: the latest one."""
    return (
        select(column)
        .select_from(EntryRow)
        .join(PostingRow, (PostingRow.cause_id == EntryRow.cause_id) & (PostingRow.kind == EntryRow.kind))
        .where(
            EntryRow.family_id == FamilyAccount.family_id,
            EntryRow.regie_id == FamilyAccount.regie_id,
            PostingRow.account == "credit",
            PostingRow.amount_cents < 0,
        )
        .order_by(EntryRow.recorded_at.desc())
        .limit(1)
        .correlate(FamilyAccount)
        .scalar_subquery()
    )


_WRITTEN = (
    select(InvoiceLine.explanation)
    .where(InvoiceLine.invoice_id == EntryRow.cause_id, InvoiceLine.kind == "manual")
    .order_by(InvoiceLine.position)
    .limit(1)
    .correlate(EntryRow)
    .scalar_subquery()
)
_WHY = func.coalesce(func.nullif(EntryRow.memo, ""), _WRITTEN)
"""What an entry says, or the reason that an agent gave for the avoir by hand that it enters."""


class Owed(NamedTuple):
    """What a family is owed at a régie, and why."""

    account: FamilyAccount
    family_label: str
    regie_label: str
    why: str
    invoice_id: UUID | None


async def listed(
    session: AsyncSession, asked: PageRequest, *, family_id: UUID | None
) -> tuple[list[Owed], str | None]:
    """A page of the accounts on which families are owed something, with the cursor of the next one."""
    query = (
        select(
            FamilyAccount,
            func.coalesce(FamilyCopy.label, ""),
            Regie.label,
            func.coalesce(_of_latest(_WHY), ""),
            _of_latest(PostingRow.invoice_id),
        )
        .join(Regie, Regie.regie_id == FamilyAccount.regie_id)
        .outerjoin(FamilyCopy, FamilyCopy.family_id == FamilyAccount.family_id)
        .where(FamilyAccount.credit_cents > 0, *equal((FamilyAccount.family_id, family_id)))
    )
    rows, next_cursor = await CREDITS.page(session, query, asked)
    return [Owed(*row[:5]) for row in rows], next_cursor


async def account(session: AsyncSession, account_id: UUID) -> FamilyAccount | None:
    """One account, as it stands."""
    found: Any = await session.get(FamilyAccount, account_id, populate_existing=True)
    return found
