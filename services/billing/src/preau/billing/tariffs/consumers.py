"""Keeping what prices depend on of the families."""

from dataclasses import asdict

from sqlalchemy.ext.asyncio import AsyncSession

from preau.billing.copies.families import FamilyRecord
from preau.billing.tariffs import period_repository
from preau.billing.tariffs.periods import periods_of
from preau.contracts.identity import FamilyUpdatedV1


async def keep_periods(session: AsyncSession, event: FamilyUpdatedV1) -> None:
    """Replace a family's periods; those of a record that a later one came before stay."""
    if await period_repository.is_current(session, event.aggregate_id, event.aggregate_version):
        periods = periods_of(FamilyRecord(event.model_dump(mode="json")))
        await period_repository.replace(
            session,
            event.aggregate_id,
            [asdict(each) | {"commune_id": event.commune_id} for each in periods],
        )
