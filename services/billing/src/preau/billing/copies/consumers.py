"""Keeping the copies: an older version than ours is ignored."""

from base64 import b64decode
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from preau.billing.copies.families import addressee_of
from preau.billing.copies.tables import ActivityCopy, CommuneCopy, FamilyCopy
from preau.common.db.copies import CopyKeeper
from preau.contracts.identity import AccountErasedV1, CommuneUpdatedV1, FamilyUpdatedV1
from preau.contracts.reservations import ActivityUpdatedV1


def _of_commune(event: CommuneUpdatedV1) -> dict[str, Any]:
    values = event.model_dump(
        include={"commune_id", "name", "time_zone", "contact_email", "contact_phone", "accent_colour"}
    )
    logo = b64decode(event.logo, validate=True) or None
    return values | {"version": event.aggregate_version, "logo": logo}


def _of_family(event: FamilyUpdatedV1) -> dict[str, Any]:
    return {
        "family_id": event.aggregate_id,
        "commune_id": event.commune_id,
        "version": event.aggregate_version,
        "label": event.label,
        "record": event.model_dump(mode="json"),
        "addressee": addressee_of(event),
    }


def _of_activity(event: ActivityUpdatedV1) -> dict[str, Any]:
    values = event.model_dump(
        include={"commune_id", "regie_id", "site_label", "label", "unit", "payment_mode", "status"}
    )
    return values | {"activity_id": event.aggregate_id, "version": event.aggregate_version}


keep_commune = CopyKeeper(CommuneCopy, _of_commune)
keep_family = CopyKeeper(FamilyCopy, _of_family)
keep_activity = CopyKeeper(ActivityCopy, _of_activity)


async def ignore_erased_account(session: AsyncSession, event: AccountErasedV1) -> None:
    """Billing keeps no account: names come and go with the family's record, invoices stay by law."""
