"""Every SQL statement about copies: an older version than the one kept is ignored."""

from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from preau.contracts.identity import CommuneUpdatedV1, FamilyUpdatedV1
from preau.payments.copies.tables import CommuneCopy, FamilyCopy


async def keep_commune(session: AsyncSession, event: CommuneUpdatedV1) -> None:
    statement = insert(CommuneCopy).values(
        commune_id=event.commune_id,
        version=event.aggregate_version,
        name=event.name,
        time_zone=event.time_zone,
    )
    new = statement.excluded
    await session.execute(
        statement.on_conflict_do_update(
            index_elements=[CommuneCopy.commune_id],
            set_={"version": new.version, "name": new.name, "time_zone": new.time_zone},
            where=CommuneCopy.version < new.version,
        )
    )


async def keep_family(session: AsyncSession, event: FamilyUpdatedV1) -> None:
    payer = next((g for g in event.guardians if g.is_payer), event.guardians[0] if event.guardians else None)
    statement = insert(FamilyCopy).values(
        family_id=event.aggregate_id,
        commune_id=event.commune_id,
        version=event.aggregate_version,
        label=event.label,
        payer_name=f"{payer.first_name} {payer.last_name}" if payer else event.label,
        payer_email=payer.email if payer else "",
    )
    new = statement.excluded
    await session.execute(
        statement.on_conflict_do_update(
            index_elements=[FamilyCopy.family_id],
            set_={
                "version": new.version,
                "label": new.label,
                "payer_name": new.payer_name,
                "payer_email": new.payer_email,
            },
            where=FamilyCopy.version < new.version,
        )
    )


async def commune(session: AsyncSession, commune_id: UUID) -> CommuneCopy | None:
    return await session.get(CommuneCopy, commune_id)


async def family(session: AsyncSession, family_id: UUID) -> FamilyCopy | None:
    return await session.get(FamilyCopy, family_id)
