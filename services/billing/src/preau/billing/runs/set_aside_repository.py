"""SQL of the families that are kept out of a run."""

from typing import NamedTuple
from uuid import UUID

from sqlalchemy import delete, exists, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from preau.billing.invoices.tables import Invoice
from preau.billing.runs.issuing.stage_repository import Left
from preau.billing.runs.tables import RunAnomaly, RunFamily

UNKNOWN = "Famille inconnue"
"""What a family is called whose record is not known here."""


class SetAside(NamedTuple):
    """A family that is kept out of a run, and why."""

    family_id: UUID
    family_label: str
    reason: str


async def family(session: AsyncSession, run_id: UUID, family_id: UUID) -> SetAside | None:
    """A family of a run, with an empty reason if it is not kept out; ``None`` if it is not of the run."""
    found = await session.scalar(
        select(RunFamily).where(RunFamily.run_id == run_id, RunFamily.family_id == family_id)
    )
    return SetAside(family_id, found.label or UNKNOWN, found.set_aside or "") if found else None


async def is_billed(session: AsyncSession, run_id: UUID, family_id: UUID) -> bool:
    """Whether the run has issued the family's invoice."""
    issued = exists().where(
        Invoice.run_id == run_id, Invoice.family_id == family_id, Invoice.status != "draft"
    )
    return bool(await session.scalar(select(issued)))


async def set_aside(session: AsyncSession, run_id: UUID, family_id: UUID, reason: str) -> bool:
    """Note why a family is kept out; ``False`` if it is not of the run."""
    marked = await session.execute(
        update(RunFamily)
        .where(RunFamily.run_id == run_id, RunFamily.family_id == family_id)
        .values(set_aside=reason)
        .returning(RunFamily.family_id)
    )
    await session.execute(
        delete(RunAnomaly).where(RunAnomaly.run_id == run_id, RunAnomaly.family_id == family_id)
    )
    return marked.first() is not None


async def bring_back(session: AsyncSession, run_id: UUID, family_id: UUID) -> int | None:
    """Forget that a family is kept out: its chunk; ``None`` if it is not."""
    number: int | None = await session.scalar(
        update(RunFamily)
        .where(RunFamily.run_id == run_id, RunFamily.family_id == family_id, RunFamily.set_aside.is_not(None))
        .values(set_aside=None)
        .returning(RunFamily.chunk_number)
    )
    return number


async def delete_draft(session: AsyncSession, run_id: UUID, family_id: UUID) -> Left:
    """Delete the family's draft: how many that were, and their cents."""
    gone = (
        delete(Invoice)
        .where(Invoice.run_id == run_id, Invoice.family_id == family_id, Invoice.status == "draft")
        .returning(Invoice.total_cents)
        .cte()
    )
    row = await session.execute(select(func.count(), func.coalesce(func.sum(gone.c.total_cents), 0)))
    return Left(*row.one())


async def all_set_aside(session: AsyncSession, run_id: UUID) -> list[SetAside]:
    """The families that are kept out, by label."""
    found = await session.execute(
        select(RunFamily.family_id, RunFamily.label, RunFamily.set_aside)
        .where(RunFamily.run_id == run_id, RunFamily.set_aside.is_not(None))
        .order_by(func.lower(RunFamily.label), RunFamily.family_id)
    )
    return [SetAside(family_id, label or UNKNOWN, reason or "") for family_id, label, reason in found]
