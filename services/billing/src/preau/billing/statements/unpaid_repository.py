"""SQL of what is past due: account by account, by its age."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from preau.billing.copies.tables import FamilyCopy
from preau.billing.invoices.tables import Invoice
from preau.billing.ledger.tables import FamilyAccount
from preau.billing.regies.tables import Regie
from preau.common.db.filters import equal
from preau.common.db.keyset import Keyset, PageRequest
from preau.common.money import Cents

_OWING = (
    select(
        FamilyAccount.account_id,
        FamilyAccount.family_id,
        FamilyAccount.regie_id,
        func.sum(Invoice.due_cents).label("due_cents"),
        func.min(Invoice.due_date).label("oldest"),
    )
    .join(
        Invoice,
        (Invoice.family_id == FamilyAccount.family_id) & (Invoice.regie_id == FamilyAccount.regie_id),
    )
    .where(Invoice.due_cents > 0)
    .group_by(FamilyAccount.account_id)
    .subquery("owing")
)
UNPAID = Keyset(
    _OWING.c.account_id,
    default="oldest",
    keys={"oldest": _OWING.c.oldest, "due": _OWING.c.due_cents},
)
_AGES = text("""
SELECT a.account_id,
    coalesce(sum(i.due_cents) FILTER (WHERE i.due_date >= :today), 0),
    coalesce(sum(i.due_cents) FILTER (WHERE :today - i.due_date BETWEEN 1 AND 30), 0),
    coalesce(sum(i.due_cents) FILTER (WHERE :today - i.due_date BETWEEN 31 AND 60), 0),
    coalesce(sum(i.due_cents) FILTER (WHERE :today - i.due_date BETWEEN 61 AND 90), 0),
    coalesce(sum(i.due_cents) FILTER (WHERE :today - i.due_date > 90), 0)
FROM family_account a JOIN invoice i USING (family_id, regie_id)
WHERE a.account_id = ANY (CAST(:ids AS uuid[])) AND i.due_cents > 0 GROUP BY 1
""")


class Ages(NamedTuple):
    """What is due of an account: not yet past due, and past due for so many days."""

    not_yet: Cents = 0
    up_to_30: Cents = 0
    up_to_60: Cents = 0
    up_to_90: Cents = 0
    beyond: Cents = 0


class Unpaid(NamedTuple):
    """An account of which something is past due, since ``oldest``."""

    account_id: UUID
    family_id: UUID
    family_label: str
    regie_id: UUID
    regie_label: str
    due_cents: Cents
    oldest: date
    ages: Ages


async def listed(
    session: AsyncSession, asked: PageRequest, *, today: date, regie_id: UUID | None
) -> tuple[Sequence[Unpaid], str | None]:
    """A page of the accounts of which something is past due, with the cursor of the next one."""
    query = (
        select(
            _OWING.c.account_id,
            _OWING.c.family_id,
            func.coalesce(FamilyCopy.label, ""),
            _OWING.c.regie_id,
            Regie.label,
            _OWING.c.due_cents,
            _OWING.c.oldest,
        )
        .join(Regie, Regie.regie_id == _OWING.c.regie_id)
        .outerjoin(FamilyCopy, FamilyCopy.family_id == _OWING.c.family_id)
        .where(_OWING.c.oldest < today, *equal((_OWING.c.regie_id, regie_id)))
    )
    rows, next_cursor = await UNPAID.page(session, query, asked)
    names = {"today": today, "ids": [row[0] for row in rows]}
    ages = {row[0]: Ages(*row[1:]) for row in await session.execute(_AGES, names)}
    return [Unpaid(*row[:7], ages.get(row[0], Ages())) for row in rows], next_cursor
