"""SQL of the list of runs: its filters and orders."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from preau.billing.runs.lifecycle import Status
from preau.billing.runs.tables import BillingRun
from preau.common.db.filters import equal
from preau.common.db.keyset import Keyset, PageRequest

RUNS = Keyset(
    BillingRun.run_id,
    default="-begun",
    keys={"begun": BillingRun.run_id, "period": BillingRun.period, "total": BillingRun.total_cents},
)


async def listed(
    session: AsyncSession,
    asked: PageRequest,
    *,
    regie_id: UUID | None,
    status: Status | None,
    period: str | None,
) -> tuple[list[BillingRun], str | None]:
    """A page of the commune's runs, with the cursor of the next one."""
    query = select(BillingRun).where(
        *equal((BillingRun.regie_id, regie_id), (BillingRun.status, status), (BillingRun.period, period))
    )
    return await RUNS.entities(session, query, asked)
