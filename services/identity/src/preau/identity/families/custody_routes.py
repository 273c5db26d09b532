"""Who has a child between two families, for the agents who set it."""

from uuid import UUID

from fastapi import APIRouter

from preau.common.http.permissions import ReservationsAgent
from preau.common.http.seen_version import SeenVersion
from preau.common.http.unit_of_work import Transaction
from preau.identity.families import custody_service, repository, service
from preau.identity.families.audit import audited
from preau.identity.families.history_repository import CUSTODIES
from preau.identity.families.schemas import (
    Beginning,
    CustodyDayOut,
    CustodyIn,
    CustodyPreviewOut,
    FamilyOut,
)

router = APIRouter(prefix="/agent/families/{family_id}/children/{child_id}", tags=["families"])


@router.post("/custodies", status_code=201)
async def set_custody(
    agent: ReservationsAgent,
    session: Transaction,
    family_id: UUID,
    child_id: UUID,
    body: CustodyIn,
    seen: SeenVersion,
) -> FamilyOut:
    """Set who has a child from a day on; a second entry for the same day corrects the first."""
    before = await repository.load_record(session, family_id)
    after = await custody_service.set_custody(
        session, family_id, child_id, body.entry, effect=body.effect, seen=seen
    )
    return await audited(session, agent, "custody.set", before, after)


@router.delete("/custodies/{effective_from}")
async def remove_custody(
    agent: ReservationsAgent,
    session: Transaction,
    family_id: UUID,
    child_id: UUID,
    effective_from: Beginning,
    seen: SeenVersion,
) -> FamilyOut:
    """Take away the custody entered from a day on (0001-01-01: since always); the one before goes on."""
    before = await repository.load_record(session, family_id)
    after = await service.remove_entry(
        session, family_id, CUSTODIES, effective_from, child_id=child_id, seen=seen
    )
    return await audited(session, agent, "custody.removed", before, after)


@router.post("/custody/preview")
async def preview_custody(
    _agent: ReservationsAgent, session: Transaction, family_id: UUID, child_id: UUID, body: CustodyIn
) -> CustodyPreviewOut:
    """Who would have a child on each day of five weeks, were this custody set; nothing is kept."""
    days = await custody_service.preview(session, family_id, child_id, body.entry, body.effect)
    return CustodyPreviewOut(days=[CustodyDayOut.model_validate(each) for each in days])
