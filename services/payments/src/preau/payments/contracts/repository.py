"""Every SQL statement about contracts."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from preau.payments.contracts.tables import RegieContract
from preau.payments.providers.protocols import Contract


async def contracts_of(
    session: AsyncSession, regie_ids: Iterable[UUID], default_provider: str
) -> dict[UUID, Contract]:
    """The contract of each régie; one without a row has the default provider, with no options."""
    wanted = set(regie_ids)
    found = await session.scalars(select(RegieContract).where(RegieContract.regie_id.in_(wanted)))
    known = {row.regie_id: Contract(row.regie_id, row.provider, row.options) for row in found}
    return {regie_id: known.get(regie_id, Contract(regie_id, default_provider, {})) for regie_id in wanted}


async def save_contract(session: AsyncSession, commune_id: UUID, contract: Contract) -> None:
    """Write the contract of a régie, or write it anew."""
    statement = insert(RegieContract).values(
        commune_id=commune_id,
        regie_id=contract.regie_id,
        provider=contract.provider,
        options=dict(contract.options),
    )
    await session.execute(
        statement.on_conflict_do_update(
            index_elements=[RegieContract.commune_id, RegieContract.regie_id],
            set_={
                "provider": statement.excluded.provider,
                "options": statement.excluded.options,
                "updated_at": func.now(),
            },
        )
    )
