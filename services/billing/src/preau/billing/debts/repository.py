"""SQL of debts that keep families from booking."""

from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from preau.billing.debts.tables import DebtExemption, DebtRule, FamilyDebt
from preau.billing.invoices.lifecycle import PAYABLE
from preau.billing.invoices.overdue import CIVIL_DAY, FEW_ARE_LATE, PURSUED
from preau.common.db.database import hot
from preau.common.db.driver import Statement
from preau.common.money import Cents

BATCH = 500
_PUBLISH = Statement(f"""
WITH owing AS (
    SELECT i.commune_id, i.family_id, sum(i.due_cents)::integer AS cents
    FROM debt_rule r
    {CIVIL_DAY}
    JOIN regie g ON g.commune_id = r.commune_id
    JOIN invoice i ON i.regie_id = g.regie_id AND i.due_date <= t.today - r.days
    WHERE r.is_on AND {PURSUED}
        AND NOT EXISTS (SELECT FROM debt_exemption e
            WHERE e.family_id = i.family_id AND e.until >= t.today)
    GROUP BY 1, 2, r.threshold_cents HAVING sum(i.due_cents) >= r.threshold_cents
), moved AS (
    SELECT coalesce(o.commune_id, f.commune_id) AS commune_id, family_id, coalesce(o.cents, 0) AS cents
    FROM owing o FULL JOIN (SELECT * FROM family_debt WHERE owed_cents > 0) AS f USING (family_id)
    WHERE coalesce(o.cents, 0) <> coalesce(f.owed_cents, 0)
    ORDER BY family_id LIMIT CAST(:most AS integer)
)
INSERT INTO family_debt AS d (family_id, commune_id, owed_cents)
SELECT family_id, commune_id, cents FROM moved
ON CONFLICT (family_id) DO UPDATE SET owed_cents = excluded.owed_cents, version = d.version + 1
WHERE d.owed_cents <> excluded.owed_cents
RETURNING commune_id, family_id, owed_cents, version
""")  # noqa: S608 - constants only


class Changed(NamedTuple):
    """What keeps a family from booking by now."""

    commune_id: UUID
    family_id: UUID
    owed_cents: Cents
    version: int


async def publish(session: AsyncSession) -> list[Changed]:
    """Keep what changed since it was published last, over all communes, at most `BATCH` families."""
    work = hot(session)
    await work.execute(FEW_ARE_LATE)
    rows = await work.rows(_PUBLISH, {"payable": sorted(PAYABLE), "most": BATCH})
    return [Changed(*row) for row in rows]


async def rule(session: AsyncSession, commune_id: UUID) -> DebtRule | None:
    query = select(DebtRule).where(DebtRule.commune_id == commune_id)
    return await session.scalar(query.execution_options(populate_existing=True))


async def lock_rule(session: AsyncSession, commune_id: UUID, usual: dict[str, Any]) -> DebtRule:
    """The commune's rule, locked until the transaction ends; the usual one where none was stated."""
    await session.execute(
        insert(DebtRule).values(commune_id=commune_id, version=0, **usual).on_conflict_do_nothing()
    )
    found = await session.scalars(select(DebtRule).where(DebtRule.commune_id == commune_id).with_for_update())
    return found.one()


async def state_rule(session: AsyncSession, found: DebtRule, values: dict[str, Any]) -> None:
    """Change a rule that we hold locked."""
    for name, value in values.items():
        setattr(found, name, value)
    found.version += 1
    await session.flush()  # the answer tells the version


async def exemption(session: AsyncSession, family_id: UUID) -> DebtExemption | None:
    query = select(DebtExemption).where(DebtExemption.family_id == family_id)
    return await session.scalar(query.execution_options(populate_existing=True))


async def exempt(
    session: AsyncSession, *, family_id: UUID, commune_id: UUID, until: date, reason: str
) -> None:
    """Let a family book up to a day; it replaces what was said before."""
    statement = insert(DebtExemption).values(
        family_id=family_id, commune_id=commune_id, until=until, reason=reason
    )
    new = statement.excluded
    await session.execute(
        statement.on_conflict_do_update(
            index_elements=[DebtExemption.family_id],
            set_={"until": new.until, "reason": new.reason, "made_at": func.now()},
        )
    )


async def end_exemption(session: AsyncSession, family_id: UUID) -> bool:
    """Whether there was one."""
    ended: UUID | None = await session.scalar(
        delete(DebtExemption).where(DebtExemption.family_id == family_id).returning(DebtExemption.family_id)
    )
    return ended is not None


async def told(session: AsyncSession, family_id: UUID) -> Cents:
    """What keeps a family from booking, as it was published last."""
    found = await session.scalar(select(FamilyDebt.owed_cents).where(FamilyDebt.family_id == family_id))
    return found or 0
