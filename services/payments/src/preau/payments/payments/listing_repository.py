"""SQL of the agents' list of payments: its filters and orders."""

from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from preau.common.db.filters import between, contains_words, equal
from preau.common.db.keyset import Keyset, PageRequest
from preau.payments.copies.tables import FamilyCopy
from preau.payments.payments.filters import PaymentFilters
from preau.payments.payments.repository import WHOLE
from preau.payments.payments.tables import Allocation, Payment

PAYMENTS = Keyset(
    Payment.payment_id,
    default="-at",
    keys={"at": Payment.happened_at, "family": FamilyCopy.label_key, "amount": Payment.amount_cents},
    nullable=("family",),
)


class ListedPayment(NamedTuple):
    """A payment and its family's name, "" while no copy of the family has arrived."""

    payment: Payment
    family_label: str


async def listed(
    session: AsyncSession, asked: PageRequest, filters: PaymentFilters, zone: ZoneInfo
) -> tuple[list[ListedPayment], str | None]:
    """A page of the commune's payments, with the cursor of the next one."""
    query = (
        select(Payment, FamilyCopy.label)
        .outerjoin(FamilyCopy, FamilyCopy.family_id == Payment.family_id)
        .where(*_conditions(filters, zone))
        .options(*WHOLE)
    )
    rows, next_cursor = await PAYMENTS.page(session, query, asked)
    return [ListedPayment(row[0], row[1] or "") for row in rows], next_cursor


async def family_label(session: AsyncSession, family_id: UUID) -> str:
    """The name of a family, "" while no copy of it has arrived."""
    found = await session.scalar(select(FamilyCopy.label).where(FamilyCopy.family_id == family_id))
    return found or ""


def _conditions(filters: PaymentFilters, zone: ZoneInfo) -> list[ColumnElement[bool]]:
    conditions = equal(
        (Payment.status, filters.status),
        (Payment.regie_id, filters.regie_id),
        (Payment.family_id, filters.family_id),
    )
    if filters.q:
        conditions.append(_named(filters.q))
    conditions += _days(filters.date_from, filters.date_to, zone)
    return conditions + between(Payment.amount_cents, filters.min_cents, filters.max_cents)


def _named(typed: str) -> ColumnElement[bool]:
    of_invoice = select(Allocation.payment_id).where(Allocation.invoice_number == typed.upper())
    return or_(
        Payment.payment_id.in_(of_invoice),
        Payment.receipt_number == typed.upper(),
        Payment.provider_ref == typed,
        and_(*contains_words(FamilyCopy.label_key, typed)),
    )


def _days(first: date | None, last: date | None, zone: ZoneInfo) -> list[ColumnElement[bool]]:
    """The payments of a range of the commune's days."""
    begins = datetime.combine(first, time(), zone) if first else None
    found = between(Payment.happened_at, begins, None)
    if last is not None:
        found.append(Payment.happened_at < datetime.combine(last + timedelta(days=1), time(), zone))
    return found
