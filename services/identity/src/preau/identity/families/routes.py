"""A family's record, for its own parents."""

from fastapi import APIRouter

from preau.common.audit import record_change
from preau.common.http.permissions import Family
from preau.common.http.unit_of_work import Transaction
from preau.identity.families import repository, service
from preau.identity.families.domain import as_seen_by
from preau.identity.families.schemas import DeliveryIn, FamilyOut

router = APIRouter(tags=["families"])


@router.get("/parent/families/{family_id}")
async def read_family(family: Family, session: Transaction) -> FamilyOut:
    """The record; the other guardian's contact details are hidden."""
    record = await repository.load_record(session, family.family_id)
    return FamilyOut.model_validate(as_seen_by(record, family.guardian_id))


@router.put("/parent/families/{family_id}/delivery")
async def choose_delivery(family: Family, session: Transaction, body: DeliveryIn) -> FamilyOut:
    """How the family wants its invoices; those that were issued before stay as they are."""
    before = await repository.load_record(session, family.family_id)
    if body.delivery == before.delivery:
        return FamilyOut.model_validate(as_seen_by(before, family.guardian_id))
    after = await service.change(session, family.family_id, {"delivery": body.delivery})
    await record_change(
        session,
        commune_id=family.commune_id,
        agent_id=family.account_id,
        action="family.delivery_chosen",
        entity_id=family.family_id,
        before={"delivery": before.delivery},
        after={"delivery": after.delivery},
    )
    return FamilyOut.model_validate(as_seen_by(after, family.guardian_id))
