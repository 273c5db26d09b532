"""Keeping the copies: an older version than ours is ignored."""

from sqlalchemy.ext.asyncio import AsyncSession

from preau.billing.copies.tables import ActivityCopy, CommuneCopy, FamilyCopy
from preau.common.db.copies import keep_copy
from preau.contracts.identity import AccountErasedV1, CommuneUpdatedV1, FamilyUpdatedV1
from preau.contracts.reservations import ActivityUpdatedV1


async def keep_commune(session: AsyncSession, event: CommuneUpdatedV1) -> None:
    values = event.model_dump(include={"commune_id", "name", "time_zone", "contact_email", "contact_phone"})
    await keep_copy(session, CommuneCopy, values | {"version": event.aggregate_version})


async def keep_family(session: AsyncSession, event: FamilyUpdatedV1) -> None:
    values = {
        "family_id": event.aggregate_id,
        "commune_id": event.commune_id,
        "version": event.aggregate_version,
        "label": event.label,
        "record": event.model_dump(mode="json"),
    }
    await keep_copy(session, FamilyCopy, values)


async def keep_activity(session: AsyncSession, event: ActivityUpdatedV1) -> None:
    values = event.model_dump(
        include={"commune_id", "regie_id", "site_label", "label", "unit", "payment_mode", "status"}
    )
    await keep_copy(
        session,
        ActivityCopy,
        values | {"activity_id": event.aggregate_id, "version": event.aggregate_version},
    )


async def ignore_erased_account(session: AsyncSession, event: AccountErasedV1) -> None:
    """Billing keeps no account: names come and go with the family's record, invoices stay by law."""
