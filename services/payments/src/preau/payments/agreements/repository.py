"""Every SQL statement about agreements."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from preau.payments.agreements.tables import RegieAgreement
from preau.payments.providers.protocols import Agreement


async def agreements_of(
    session: AsyncSession, regie_ids: Iterable[UUID], default_provider: str
) -> dict[UUID, Agreement]:
    """The agreement of each régie; one without a row has the default provider, with no options."""
    wanted = set(regie_ids)
    found = await session.scalars(select(RegieAgreement).where(RegieAgreement.regie_id.in_(wanted)))
    known = {row.regie_id: Agreement(row.regie_id, row.provider, row.options) for row in found}
    return {regie_id: known.get(regie_id, Agreement(regie_id, default_provider, {})) for regie_id in wanted}


async def save_agreement(session: AsyncSession, commune_id: UUID, agreement: Agreement) -> None:
    """Write the agreement of a régie, or write it anew."""
    statement = insert(RegieAgreement).values(
        commune_id=commune_id,
        regie_id=agreement.regie_id,
        provider=agreement.provider,
        options=dict(agreement.options),
    )
    await session.execute(
        statement.on_conflict_do_update(
            index_elements=[RegieAgreement.commune_id, RegieAgreement.regie_id],
            set_={
                "provider": statement.excluded.provider,
                "options": statement.excluded.options,
                "updated_at": func.now(),
            },
        )
    )
