"""Keeping the copies: what identity publishes of communes and families."""

from typing import Any

from preau.common.db.copies import CopyKeeper
from preau.contracts.identity import CommuneUpdatedV1, FamilyUpdatedV1
from preau.requests.copies.tables import CommuneCopy, FamilyCopy


def _of_commune(event: CommuneUpdatedV1) -> dict[str, Any]:
    """The commune's name and time zone."""
    return {
        "commune_id": event.commune_id,
        "version": event.aggregate_version,
        "name": event.name,
        "time_zone": event.time_zone,
    }


def _of_family(event: FamilyUpdatedV1) -> dict[str, Any]:
    """Who the family's guardians and children are, by name: no address, no quotient."""
    return {
        "family_id": event.aggregate_id,
        "commune_id": event.commune_id,
        "version": event.aggregate_version,
        "label": event.label,
        "status": event.status,
        "guardians": [
            guardian.model_dump(mode="json", include={"guardian_id", "first_name", "last_name"})
            for guardian in event.guardians
        ],
        "children": [
            child.model_dump(mode="json", include={"child_id", "first_name", "last_name"})
            for child in event.children
        ],
    }


copy_commune = CopyKeeper(CommuneCopy, _of_commune)
copy_family = CopyKeeper(FamilyCopy, _of_family)
