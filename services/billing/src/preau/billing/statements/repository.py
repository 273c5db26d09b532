"""SQL of statements of account and journals: sums over the ledger."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from preau.billing.carried_months.tables import CarriedMonth
from preau.billing.copies.tables import FamilyCopy
from preau.billing.invoices.tables import Invoice
from preau.billing.ledger.domain import Account
from preau.billing.ledger.tables import FamilyAccount
from preau.billing.regies.tables import Regie
from preau.billing.statements.domain import Moved, Period
from preau.common.money import Cents

_OPENING = text("""
SELECT coalesce(sum(p.amount_cents), 0) FROM entry e JOIN posting p USING (cause_id, kind)
WHERE e.family_id = :family_id AND e.regie_id = :regie_id AND e.day < :first
    AND p.account IN ('receivable', 'credit')
""")
_MOVED = text("""
SELECT e.cause_id, e.kind, e.day, e.memo,
    coalesce(array_agg(DISTINCT i.number) FILTER (WHERE i.number IS NOT NULL
        AND (e.kind NOT IN ('invoice', 'credit_note') OR i.invoice_id = e.cause_id)), '{}') AS numbers,
    (SELECT d.invoice_id FROM invoice d WHERE d.invoice_id = e.cause_id) AS invoice_id,
    coalesce(sum(p.amount_cents) FILTER (WHERE p.account IN ('receivable', 'credit')), 0) AS cents
FROM entry e JOIN posting p USING (cause_id, kind)
LEFT JOIN invoice i ON i.invoice_id = coalesce(p.invoice_id, e.cause_id)
WHERE e.family_id = :family_id AND e.regie_id = :regie_id AND e.day BETWEEN :first AND :last
    AND e.kind <> 'refund_done'
GROUP BY 1, 2, 3, 4, e.recorded_at
ORDER BY e.day, e.recorded_at, e.cause_id
""")
_JOURNAL = text("""
SELECT p.account, p.detail,
    CASE p.account WHEN 'revenue' THEN coalesce(a.label, '') ELSE '' END AS label,
    coalesce(sum(p.amount_cents) FILTER (WHERE e.day < :first), 0) AS opening,
    coalesce(sum(p.amount_cents) FILTER (WHERE e.day >= :first AND p.amount_cents > 0), 0) AS debit,
    -coalesce(sum(p.amount_cents) FILTER (WHERE e.day >= :first AND p.amount_cents < 0), 0) AS credit
FROM entry e JOIN posting p USING (cause_id, kind)
LEFT JOIN activity_copy a ON p.account = 'revenue' AND a.activity_id::text = p.detail
WHERE e.regie_id = :regie_id AND e.day <= :last
GROUP BY 1, 2, 3 ORDER BY 1, 3, 2
""")
_DAYS = text("""
SELECT e.day, p.account, p.detail, CASE p.account WHEN 'revenue' THEN coalesce(a.label, '') ELSE '' END,
    coalesce(sum(p.amount_cents) FILTER (WHERE p.amount_cents > 0), 0),
    -coalesce(sum(p.amount_cents) FILTER (WHERE p.amount_cents < 0), 0)
FROM entry e JOIN posting p USING (cause_id, kind)
LEFT JOIN activity_copy a ON p.account = 'revenue' AND a.activity_id::text = p.detail
WHERE e.regie_id = :regie_id AND e.day BETWEEN :first AND :last
GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 4, 3
""")


class FamilyAt(NamedTuple):
    """A family's account at a régie, as it stands; ``carried`` is the month of it that waits."""

    account: FamilyAccount
    family_label: str
    regie_label: str
    due_cents: Cents
    carried: CarriedMonth | None


class AccountTotal(NamedTuple):
    """An account of a régie over a period: what it held before, and what was debited and credited."""

    account: Account
    detail: str
    label: str
    opening_cents: Cents
    debit_cents: Cents
    credit_cents: Cents


class DayTotal(NamedTuple):
    """What was debited and credited to an account on a day."""

    day: date
    account: Account
    detail: str
    label: str
    debit_cents: Cents
    credit_cents: Cents


async def accounts_of(
    session: AsyncSession, *, family_id: UUID | None = None, account_id: UUID | None = None
) -> list[FamilyAt]:
    """The accounts of a family, by régie; or one account."""
    due = (
        select(func.coalesce(func.sum(Invoice.due_cents), 0))
        .where(
            Invoice.family_id == FamilyAccount.family_id,
            Invoice.regie_id == FamilyAccount.regie_id,
            Invoice.due_cents > 0,
        )
        .correlate(FamilyAccount)
        .scalar_subquery()
    )
    query = (
        select(FamilyAccount, func.coalesce(FamilyCopy.label, ""), Regie.label, due, CarriedMonth)
        .join(Regie, Regie.regie_id == FamilyAccount.regie_id)
        .outerjoin(
            CarriedMonth,
            (CarriedMonth.family_id == FamilyAccount.family_id)
            & (CarriedMonth.regie_id == FamilyAccount.regie_id)
            & CarriedMonth.outcome.is_(None),
        )
        .outerjoin(FamilyCopy, FamilyCopy.family_id == FamilyAccount.family_id)
        .order_by(Regie.label)
    )
    if family_id is not None:
        query = query.where(FamilyAccount.family_id == family_id)
    if account_id is not None:
        query = query.where(FamilyAccount.account_id == account_id)
    return [FamilyAt(*row) for row in await session.execute(query)]


async def opening(session: AsyncSession, account: FamilyAccount, first: date) -> Cents:
    """What a family owed at the beginning of a day: below zero what it was owed."""
    names = {"family_id": account.family_id, "regie_id": account.regie_id, "first": first}
    return (await session.execute(_OPENING, names)).scalar_one()


async def moved(session: AsyncSession, account: FamilyAccount, period: Period) -> list[Moved]:
    """What moved of a family's account, in its order."""
    names = {"family_id": account.family_id, "regie_id": account.regie_id, **period._asdict()}
    return [Moved(*row) for row in await session.execute(_MOVED, names)]


async def totals(session: AsyncSession, regie_id: UUID, period: Period) -> Sequence[AccountTotal]:
    """The accounts of a régie over a period."""
    rows = await session.execute(_JOURNAL, {"regie_id": regie_id, **period._asdict()})
    return [AccountTotal(*row) for row in rows]


async def days(session: AsyncSession, regie_id: UUID, period: Period) -> Sequence[DayTotal]:
    """What was entered each day."""
    rows = await session.execute(_DAYS, {"regie_id": regie_id, **period._asdict()})
    return [DayTotal(*row) for row in rows]
