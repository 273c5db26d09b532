"""SQL of refunds: what came in by a payment, and what of it was given back."""

from typing import NamedTuple
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from preau.billing.ledger.domain import Holder
from preau.common.money import Cents

_PAYMENT = text("""
SELECT commune_id, regie_id, family_id FROM entry WHERE cause_id = :payment_id AND kind = 'payment'
""")
_LEFT = text("""
SELECT coalesce(sum(p.amount_cents) FILTER (WHERE e.kind = 'payment' AND p.account = 'cash'), 0)
    + coalesce(sum(p.amount_cents) FILTER (WHERE p.account = 'refunding' AND e.kind <> 'refund_done'), 0)
    + coalesce(sum(p.amount_cents) FILTER (WHERE p.account = 'cash' AND e.kind = 'refund_done'
        AND NOT EXISTS (SELECT FROM entry o WHERE o.cause_id = e.cause_id AND o.kind = 'refund_ordered')), 0)
FROM entry e JOIN posting p USING (cause_id, kind)
WHERE e.payment_id = :payment_id
""")
_PAID_BY = text("""
SELECT p.invoice_id FROM posting p
WHERE p.cause_id = :payment_id AND p.kind = 'payment' AND p.account = 'receivable'
""")
_ORDER = text("""
SELECT e.commune_id, e.regie_id, e.family_id, e.payment_id, p.amount_cents
FROM entry e JOIN posting p ON p.cause_id = e.cause_id AND p.kind = e.kind AND p.account = 'refunding'
WHERE e.cause_id = :refund_id AND e.kind = 'refund_ordered'
""")


class Ordered(NamedTuple):
    """A refund that was ordered: whose money, of which payment, how much."""

    holder: Holder
    payment_id: UUID
    cents: Cents


async def payment_holder(session: AsyncSession, payment_id: UUID) -> Holder | None:
    """Whose payment it is; ``None`` for one that brought nothing."""
    found = (await session.execute(_PAYMENT, {"payment_id": payment_id})).one_or_none()
    return None if found is None else Holder(*found)


async def left_of(session: AsyncSession, payment_id: UUID) -> Cents:
    """What came in by a payment, less what was ordered to go back and not denied."""
    return (await session.execute(_LEFT, {"payment_id": payment_id})).scalar_one()


async def paid_by(session: AsyncSession, payment_id: UUID) -> set[UUID]:
    """The invoices that a payment paid."""
    return set(await session.scalars(_PAID_BY, {"payment_id": payment_id}))


async def ordered(session: AsyncSession, refund_id: UUID) -> Ordered | None:
    """A refund that was ordered here."""
    found = (await session.execute(_ORDER, {"refund_id": refund_id})).one_or_none()
    return None if found is None else Ordered(Holder(*found[:3]), found[3], -found[4])
