"""A family's record, for its own parents."""

from fastapi import APIRouter

from preau.common.http.permissions import Family
from preau.common.http.unit_of_work import Transaction
from preau.identity.families import repository
from preau.identity.families.domain import as_seen_by
from preau.identity.families.schemas import FamilyOut

router = APIRouter(tags=["families"])


@router.get("/parent/families/{family_id}")
async def read_family(family: Family, session: Transaction) -> FamilyOut:
    """The record; the other guardian's contact details are hidden."""
    record = await repository.load_record(session, family.family_id)
    return FamilyOut.model_validate(as_seen_by(record, family.guardian_id))
