"""New families and invitations, for the agents who look after them. Every change is in the audit log."""

from uuid import UUID

from fastapi import APIRouter

from preau.common.audit import record_change
from preau.common.http.permissions import ReservationsAgent
from preau.common.http.unit_of_work import Transaction
from preau.identity.families import service as families
from preau.identity.families.audit import audited
from preau.identity.families.domain import PostalAddress
from preau.identity.families.schemas import FamilyIn, FamilyOut
from preau.identity.memberships import service
from preau.identity.settings import Settings

router = APIRouter(prefix="/agent/families", tags=["families"])


@router.post("", status_code=201)
async def register(
    agent: ReservationsAgent, session: Transaction, settings: Settings, body: FamilyIn
) -> FamilyOut:
    """Register a family; each guardian with an e-mail gets an invitation.

    409 while a family has one of its children, or its name and a guardian, unless that is said to be known.
    """
    record = await families.register(
        session,
        agent.commune_id,
        families.NewFamily(
            label=body.label,
            residency=body.residency,
            address=PostalAddress(**body.address.model_dump()),
            guardians=[families.NewGuardian(**person.model_dump()) for person in body.guardians],
            children=[families.NewChild(**child.model_dump()) for child in body.children],
            quotients=[(entry.cents, entry.effective_from) for entry in body.quotients],
            delivery=body.delivery,
        ),
        known_family=body.known_family,
    )
    for guardian in record.guardians:
        if guardian.email:
            await service.invite(
                session, record.family_id, guardian.guardian_id, public_url=settings.public_url
            )
    return await audited(session, agent, "family.registered", None, record)


@router.post("/{family_id}/guardians/{guardian_id}/invitation", status_code=204)
async def invite(
    agent: ReservationsAgent, session: Transaction, settings: Settings, family_id: UUID, guardian_id: UUID
) -> None:
    """Send a new code and link; the earlier ones no longer work."""
    await service.invite(session, family_id, guardian_id, public_url=settings.public_url)
    await record_change(
        session,
        commune_id=agent.commune_id,
        agent_id=agent.agent_id,
        action="guardian.invited",
        entity_id=guardian_id,
    )
