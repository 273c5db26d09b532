"""SQL of what is past due: account by account, by its age."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import BigInteger, Date, Uuid, column, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from preau.billing.copies.tables import FamilyCopy
from preau.billing.regies.tables import Regie
from preau.common.db.filters import equal
from preau.common.db.keyset import Keyset, PageRequest
from preau.common.money import Cents

_PARTS = """
SELECT i.family_id, i.regie_id, i.due_date AS due_on, i.due_cents AS cents, false AS is_part
FROM invoice i
WHERE i.due_cents > 0 AND NOT EXISTS (SELECT FROM instalment_plan p
    WHERE p.invoice_id = i.invoice_id AND p.cancelled_at IS NULL)
UNION ALL
SELECT i.family_id, i.regie_id, s.due_on, s.cents, s.is_part
FROM instalment_plan p
CROSS JOIN LATERAL (SELECT * FROM invoice WHERE invoice_id = p.invoice_id AND due_cents > 0 OFFSET 0) AS i
CROSS JOIN LATERAL (
    SELECT t.due_on, t.cents, sum(t.cents) OVER (ORDER BY t.due_on) AS up_to,
        sum(t.cents) OVER () - i.due_cents AS came_in
    FROM jsonb_to_recordset(p.parts) AS t (due_on date, cents integer)
) AS w
CROSS JOIN LATERAL (
    SELECT w.due_on, least(w.cents, w.up_to - greatest(w.came_in, 0))::integer AS cents, true AS is_part
    WHERE w.up_to > greatest(w.came_in, 0)
    UNION ALL
    SELECT i.due_date, -w.came_in::integer, false WHERE w.came_in < 0 AND w.up_to = w.cents
) AS s
WHERE p.cancelled_at IS NULL
"""
"""What is due by when: of invoices, and part by part of those under an instalment plan, as
``instalments.standings`` has them; what is due beyond a plan is due as the invoice says."""
_OWING = (
    text(f"""
SELECT a.account_id, a.family_id, a.regie_id, sum(o.cents) AS due_cents, min(o.due_on) AS oldest
FROM family_account a JOIN ({_PARTS}) AS o USING (family_id, regie_id) GROUP BY a.account_id
""")  # noqa: S608 - constants only
    .columns(
        column("account_id", Uuid()),
        column("family_id", Uuid()),
        column("regie_id", Uuid()),
        column("due_cents", BigInteger()),
        column("oldest", Date()),
    )
    .subquery("owing")
)
UNPAID = Keyset(
    _OWING.c.account_id,
    default="oldest",
    keys={"oldest": _OWING.c.oldest, "due": _OWING.c.due_cents},
)
_AGES = text(f"""
SELECT a.account_id,
    coalesce(sum(o.cents) FILTER (WHERE o.due_on >= :today), 0),
    coalesce(sum(o.cents) FILTER (WHERE :today - o.due_on BETWEEN 1 AND 30), 0),
    coalesce(sum(o.cents) FILTER (WHERE :today - o.due_on BETWEEN 31 AND 60), 0),
    coalesce(sum(o.cents) FILTER (WHERE :today - o.due_on BETWEEN 61 AND 90), 0),
    coalesce(sum(o.cents) FILTER (WHERE :today - o.due_on > 90), 0),
    coalesce(sum(o.cents) FILTER (WHERE o.is_part AND o.due_on < :today), 0),
    min(o.due_on) FILTER (WHERE o.is_part AND o.due_on >= :today),
    coalesce((array_agg(o.cents ORDER BY o.due_on) FILTER (WHERE o.is_part AND o.due_on >= :today))[1], 0)
FROM family_account a JOIN ({_PARTS}) AS o USING (family_id, regie_id)
WHERE a.account_id = ANY (CAST(:ids AS uuid[])) GROUP BY 1
""")  # noqa: S608 - constants only


class Ages(NamedTuple):
    """What is due of an account: not yet past due, and past due for so many days.

    ``late_parts`` of it are parts of instalment plans; the next part is due on ``next_part_on``.
    """

    not_yet: Cents = 0
    up_to_30: Cents = 0
    up_to_60: Cents = 0
    up_to_90: Cents = 0
    beyond: Cents = 0
    late_parts: Cents = 0
    next_part_on: date | None = None
    next_part: Cents = 0


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
