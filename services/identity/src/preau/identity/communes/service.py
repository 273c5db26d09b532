"""What happens to communes, and what day it is there."""

from base64 import b64encode
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from preau.common.http.seen_version import refuse_if_changed
from preau.common.messaging.outbox import emit
from preau.contracts.identity import ChildCategory, CommuneUpdatedV1, ResidencyClass
from preau.identity.communes import repository
from preau.identity.communes.tables import Commune
from preau.wording.dates import as_instant


async def add(session: AsyncSession, commune: Commune) -> None:
    """Add a commune and emit it."""
    await repository.add_commune(session, commune)
    await _emit_updated(session, commune)


async def civil_day(session: AsyncSession, commune_id: UUID, now: datetime) -> date:
    """The day that it is in the commune at an instant. Raises ``NotFound``."""
    commune = await repository.commune_by_id(session, commune_id)
    return as_instant(now, commune.time_zone).date()


async def _emit_updated(session: AsyncSession, commune: Commune) -> None:
    await emit(
        session,
        CommuneUpdatedV1(
            commune_id=commune.commune_id,
            aggregate_id=commune.commune_id,
            aggregate_version=commune.version,
            slug=commune.slug,
            name=commune.name,
            time_zone=commune.time_zone,
            school_zone=commune.school_zone,
            accent_colour=commune.accent_colour,
            contact_email=commune.contact_email,
            contact_phone=commune.contact_phone,
            residency_classes=tuple(ResidencyClass(**row) for row in commune.residency_classes),
            child_categories=tuple(ChildCategory(**row) for row in commune.child_categories),
            logo=b64encode(await repository.logo_of(session, commune.commune_id) or b"").decode(),
        ),
    )


async def change(
    session: AsyncSession, commune_id: UUID, changes: dict[str, Any], *, seen: int | None = None
) -> Commune:
    """Change the commune's facts and emit them. Raises ``NotFound``, ``ChangedMeanwhile``."""
    present = await repository.lock_commune(session, commune_id)
    refuse_if_changed(seen, present.version)
    if not changes:
        return present
    commune = await repository.change_commune(session, commune_id, changes)
    await _emit_updated(session, commune)
    return commune
