"""The demonstration: two communes with their sites and activities, always the same ids.

Seeding again changes nothing. Communes and families come from the identity service by events.
"""

from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from preau.common.db.database import Database
from preau.reservations.catalogue import repository as activities
from preau.reservations.catalogue import site_repository
from preau.reservations.catalogue.schemas import ActivityIn, columns
from preau.reservations.catalogue.service import publish
from preau.reservations.catalogue.site_repository import SiteRecord


def _demo_id(suffix: str) -> UUID:
    return UUID(f"01900000-0000-7000-8000-{suffix:0>12}")


JOLIEVILLE, BEAUVAL = _demo_id("1"), _demo_id("2")
RESTAURATION, ACCUEILS, ENFANCE = _demo_id("a1"), _demo_id("a2"), _demo_id("a3")
CANTINE, PERISCOLAIRE, TILLEULS, PEUPLIERS = (_demo_id(suffix) for suffix in ("b1", "b2", "b3", "b4"))
REPAS, GARDERIE_MATIN, GARDERIE_SOIR, MERCREDI, REPAS_BEAUVAL = (
    _demo_id(suffix) for suffix in ("c1", "c2", "c3", "c4", "c5")
)

SITES: dict[UUID, dict[UUID, str]] = {
    JOLIEVILLE: {
        CANTINE: "Cantine Jules-Ferry",
        PERISCOLAIRE: "Accueil périscolaire Jules-Ferry",
        TILLEULS: "Centre de loisirs Les Tilleuls",
    },
    BEAUVAL: {PEUPLIERS: "Cantine Les Peupliers"},
}

_SCHOOL_DAYS = [0, 1, 3, 4]
_TWO_DAYS_NOON: dict[str, Any] = {"kind": "days_before", "days": 2, "at": "12:00", "day_type": "calendar"}
_DAY_BEFORE_EVENING: dict[str, Any] = {"kind": "days_before", "days": 1, "at": "18:00"}
_MEAL: dict[str, Any] = {
    "label": "Repas",
    "weekdays": _SCHOOL_DAYS,
    "default_capacity": 120,
    "booking_deadline": _TWO_DAYS_NOON,
    "cancellation_deadline": _TWO_DAYS_NOON,
    "components": [
        {"code": "meal", "label": "Repas"},
        {"code": "supervision", "label": "Encadrement", "tax_deductible": True},
    ],
}
_CARE: dict[str, Any] = {
    "site_id": PERISCOLAIRE,
    "regie_id": ACCUEILS,
    "weekdays": _SCHOOL_DAYS,
    "default_capacity": 60,
    "booking_deadline": _DAY_BEFORE_EVENING,
    "cancellation_deadline": _DAY_BEFORE_EVENING,
}

ACTIVITIES: dict[UUID, dict[UUID, ActivityIn]] = {
    JOLIEVILLE: {
        REPAS: ActivityIn.model_validate({"site_id": CANTINE, "regie_id": RESTAURATION, **_MEAL}),
        GARDERIE_MATIN: ActivityIn.model_validate({"label": "Garderie matin", **_CARE}),
        GARDERIE_SOIR: ActivityIn.model_validate({"label": "Garderie soir", **_CARE}),
        MERCREDI: ActivityIn.model_validate(
            {
                "label": "Mercredi journée",
                "site_id": TILLEULS,
                "regie_id": ACCUEILS,
                "unit": "day",
                "payment_mode": "prepaid",
                "weekdays": [2],
                "holiday_weekdays": [0, 1, 2, 3, 4],
                "open_in_holidays": "always",
                "default_capacity": 24,
                "hold_seconds": 900,
                "booking_deadline": _DAY_BEFORE_EVENING,
                "cancellation_deadline": _DAY_BEFORE_EVENING,
            }
        ),
    },
    BEAUVAL: {REPAS_BEAUVAL: ActivityIn.model_validate({"site_id": PEUPLIERS, "regie_id": ENFANCE, **_MEAL})},
}


async def seed(database: Database) -> None:
    """Make the sites and activities that are missing, and publish the activities to the other services."""
    for commune_id, sites in SITES.items():
        async with database.transaction(commune_id) as session:
            await _seed_commune(session, commune_id, sites)


async def _seed_commune(session: AsyncSession, commune_id: UUID, sites: dict[UUID, str]) -> None:
    known = {site.site_id for site in await site_repository.sites(session)}
    missing = [
        SiteRecord(site_id, label, "active") for site_id, label in sites.items() if site_id not in known
    ]
    if missing:
        await site_repository.add(session, commune_id, missing)
    offered = {each.row.activity_id for each in await activities.all_rows(session)}
    for activity_id, body in ACTIVITIES[commune_id].items():
        if activity_id in offered:
            continue
        values = columns(body)
        await activities.add(
            session,
            {"activity_id": activity_id, "commune_id": commune_id, "version": 1, "status": "active"} | values,
        )
        await publish(session, activity_id)
