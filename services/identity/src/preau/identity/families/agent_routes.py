"""Families, for the agents who look after them. Every change is in the audit log."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request

from preau.common.audit import record_change
from preau.common.http.access import AgentAccess, AgentMay
from preau.common.http.pages import CursorParameter, Limit, Page, decode_cursor, page_of
from preau.identity.families import repository, service
from preau.identity.families.domain import FamilyRecord, PostalAddress
from preau.identity.families.schemas import (
    ChildIn,
    ChildPatch,
    FamilyIn,
    FamilyOut,
    FamilyPatch,
    GuardianIn,
    GuardianPatch,
    QuotientIn,
)
from preau.identity.memberships import service as memberships

router = APIRouter(prefix="/agent/families", tags=["families"])

Registrar = Annotated[AgentAccess, AgentMay("reservations")]
Reader = Annotated[AgentAccess, AgentMay("reservations", "attendance", "billing", "requests")]


async def _recorded(
    agent: AgentAccess, action: str, before: FamilyRecord | None, after: FamilyRecord
) -> FamilyOut:
    await record_change(
        agent.session,
        commune_id=agent.commune_id,
        agent_id=agent.agent_id,
        action=action,
        entity_id=after.family_id,
        before=before,
        after=after,
    )
    return FamilyOut.model_validate(after)


@router.get("")
async def list_families(
    agent: Reader,
    q: Annotated[str, Query(max_length=120, description="Words of names, e-mails, label")] = "",
    cursor: CursorParameter = None,
    limit: Limit = 50,
) -> Page[FamilyOut]:
    """Families by label; each word of ``q`` must be in the record, accents do not count."""
    keys = decode_cursor(cursor, str, UUID)
    after = (keys[0], keys[1]) if keys else None
    found = await repository.search(agent.session, typed=q, after=after, limit=limit + 1)
    rows, next_cursor = page_of(found, limit, lambda family: (family.sort_key, family.family_id))
    records = await repository.load_records(agent.session, [family.family_id for family in rows])
    return Page(items=[FamilyOut.model_validate(record) for record in records], next_cursor=next_cursor)


@router.post("", status_code=201)
async def register(request: Request, agent: Registrar, body: FamilyIn) -> FamilyOut:
    """Register a family; each guardian with an e-mail gets an invitation."""
    record = await service.register(
        agent.session,
        agent.commune_id,
        service.NewFamily(
            label=body.label,
            residency=body.residency,
            address=PostalAddress(**body.address.model_dump()),
            guardians=[service.NewGuardian(**person.model_dump()) for person in body.guardians],
            children=[service.NewChild(**child.model_dump()) for child in body.children],
            quotients=[(entry.value, entry.effective_from) for entry in body.quotients],
        ),
    )
    for guardian in record.guardians:
        if guardian.email:
            await memberships.invite(
                agent.session,
                record.family_id,
                guardian.guardian_id,
                public_url=request.app.state.settings.public_url,
            )
    return await _recorded(agent, "family.registered", None, record)


@router.get("/{family_id}")
async def read_family(agent: Reader, family_id: UUID) -> FamilyOut:
    """The whole record."""
    return FamilyOut.model_validate(await repository.load_record(agent.session, family_id))


@router.patch("/{family_id}")
async def change_family(agent: Registrar, family_id: UUID, body: FamilyPatch) -> FamilyOut:
    """Change label, status, residency or address."""
    before = await repository.load_record(agent.session, family_id)
    changes = body.model_dump(exclude_unset=True, exclude_none=True, exclude={"address"})
    if body.address is not None:
        changes |= body.address.model_dump()
    after = await service.change(agent.session, family_id, changes)
    return await _recorded(agent, "family.changed", before, after)


@router.post("/{family_id}/guardians", status_code=201)
async def add_guardian(agent: Registrar, family_id: UUID, body: GuardianIn) -> FamilyOut:
    """Add a responsable; the invitation is sent apart."""
    before = await repository.load_record(agent.session, family_id)
    after = await service.add_guardian(agent.session, family_id, service.NewGuardian(**body.model_dump()))
    return await _recorded(agent, "guardian.added", before, after)


@router.patch("/{family_id}/guardians/{guardian_id}")
async def change_guardian(
    agent: Registrar, family_id: UUID, guardian_id: UUID, body: GuardianPatch
) -> FamilyOut:
    """Change a responsable."""
    before = await repository.load_record(agent.session, family_id)
    after = await service.change_guardian(
        agent.session, family_id, guardian_id, body.model_dump(exclude_unset=True, exclude_none=True)
    )
    return await _recorded(agent, "guardian.changed", before, after)


@router.post("/{family_id}/guardians/{guardian_id}/invitation", status_code=204)
async def invite(request: Request, agent: Registrar, family_id: UUID, guardian_id: UUID) -> None:
    """Send a new code and link; the earlier ones no longer work."""
    await memberships.invite(
        agent.session, family_id, guardian_id, public_url=request.app.state.settings.public_url
    )
    await record_change(
        agent.session,
        commune_id=agent.commune_id,
        agent_id=agent.agent_id,
        action="guardian.invited",
        entity_id=guardian_id,
    )


@router.post("/{family_id}/children", status_code=201)
async def add_child(agent: Registrar, family_id: UUID, body: ChildIn) -> FamilyOut:
    """Add a child."""
    before = await repository.load_record(agent.session, family_id)
    after = await service.add_child(agent.session, family_id, service.NewChild(**body.model_dump()))
    return await _recorded(agent, "child.added", before, after)


@router.patch("/{family_id}/children/{child_id}")
async def change_child(agent: Registrar, family_id: UUID, child_id: UUID, body: ChildPatch) -> FamilyOut:
    """Change a child."""
    before = await repository.load_record(agent.session, family_id)
    after = await service.change_child(
        agent.session, family_id, child_id, body.model_dump(exclude_unset=True, exclude_none=True)
    )
    return await _recorded(agent, "child.changed", before, after)


@router.post("/{family_id}/quotients", status_code=201)
async def set_quotient(agent: Registrar, family_id: UUID, body: QuotientIn) -> FamilyOut:
    """Set the quotient from a day on; a second one for the same day corrects the first."""
    before = await repository.load_record(agent.session, family_id)
    after = await service.set_quotient(
        agent.session, family_id, value=body.value, effective_from=body.effective_from
    )
    return await _recorded(agent, "quotient.set", before, after)
