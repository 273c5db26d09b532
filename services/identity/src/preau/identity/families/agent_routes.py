"""Families, for the agents who look after them. Every change is in the audit log."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from preau.common.db.keyset import PageRequest
from preau.common.http.pages import Page
from preau.common.http.permissions import RegistryReader, ReservationsAgent
from preau.common.http.seen_version import SeenVersion
from preau.common.http.texts import Line
from preau.common.http.unit_of_work import Transaction
from preau.identity.families import listing_repository, repository, service
from preau.identity.families.audit import audited
from preau.identity.families.domain import Status
from preau.identity.families.history_repository import PAYERS, QUOTIENTS, RESIDENCIES, SCHOOLINGS
from preau.identity.families.listing_repository import FAMILIES, AccountFilter
from preau.identity.families.schemas import (
    OF_EFFECT,
    ChildIn,
    ChildPatch,
    EffectiveDay,
    FamilyOut,
    FamilyPatch,
    GuardianPatch,
    NewGuardianIn,
    QuotientIn,
)

router = APIRouter(prefix="/agent/families", tags=["families"])


@router.get("")
async def list_families(
    _agent: RegistryReader,
    session: Transaction,
    asked: Annotated[PageRequest, Depends(FAMILIES.request)],
    q: Annotated[Line, Query(max_length=120, description="Words of names, e-mails, label")] = "",
    city: Annotated[Line, Query(max_length=120, description="Words of the city")] = "",
    status: Status | None = None,
    account: AccountFilter | None = None,
) -> Page[FamilyOut]:
    """The families of the commune; each word of ``q`` must be in the record, accents do not count."""
    ids, next_cursor = await listing_repository.listed(
        session, asked, typed=q, city=city, status=status, account=account
    )
    records = await repository.load_records(session, ids)
    return Page(items=[FamilyOut.model_validate(record) for record in records], next_cursor=next_cursor)


@router.get("/{family_id}")
async def read_family(_agent: RegistryReader, session: Transaction, family_id: UUID) -> FamilyOut:
    """The whole record."""
    return FamilyOut.model_validate(await repository.load_record(session, family_id))


@router.patch("/{family_id}")
async def change_family(
    agent: ReservationsAgent, session: Transaction, family_id: UUID, body: FamilyPatch, seen: SeenVersion
) -> FamilyOut:
    """Change label, status, address or how invoices are sent, and the residency from a day on."""
    before = await repository.load_record(session, family_id)
    changes = body.model_dump(exclude_unset=True, exclude_none=True, exclude={"address", *OF_EFFECT})
    if body.address is not None:
        changes |= body.address.model_dump()
    after = await service.change(session, family_id, changes, effect=body.effect, seen=seen)
    return await audited(session, agent, "family.changed", before, after)


@router.post("/{family_id}/guardians", status_code=201)
async def add_guardian(
    agent: ReservationsAgent, session: Transaction, family_id: UUID, body: NewGuardianIn
) -> FamilyOut:
    """Add a responsable; the invitation is sent apart."""
    before = await repository.load_record(session, family_id)
    person = service.NewGuardian(**body.model_dump(exclude=set(OF_EFFECT)))
    after = await service.add_guardian(session, family_id, person, effect=body.effect)
    return await audited(session, agent, "guardian.added", before, after)


@router.patch("/{family_id}/guardians/{guardian_id}")
async def change_guardian(
    agent: ReservationsAgent,
    session: Transaction,
    family_id: UUID,
    guardian_id: UUID,
    body: GuardianPatch,
    seen: SeenVersion,
) -> FamilyOut:
    """Change a responsable, who pays from a day on."""
    before = await repository.load_record(session, family_id)
    changes = body.model_dump(exclude_unset=True, exclude_none=True, exclude=set(OF_EFFECT))
    after = await service.change_guardian(
        session, family_id, guardian_id, changes, effect=body.effect, seen=seen
    )
    return await audited(session, agent, "guardian.changed", before, after)


@router.post("/{family_id}/children", status_code=201)
async def add_child(
    agent: ReservationsAgent, session: Transaction, family_id: UUID, body: ChildIn
) -> FamilyOut:
    """Add a child."""
    before = await repository.load_record(session, family_id)
    after = await service.add_child(session, family_id, service.NewChild(**body.model_dump()))
    return await audited(session, agent, "child.added", before, after)


@router.patch("/{family_id}/children/{child_id}")
async def change_child(
    agent: ReservationsAgent,
    session: Transaction,
    family_id: UUID,
    child_id: UUID,
    body: ChildPatch,
    seen: SeenVersion,
) -> FamilyOut:
    """Change a child; school, class, level and category from a day on."""
    before = await repository.load_record(session, family_id)
    after = await service.change_child(
        session, family_id, child_id, body.changes(), effect=body.effect, seen=seen
    )
    return await audited(session, agent, "child.changed", before, after)


@router.post("/{family_id}/quotients", status_code=201)
async def set_quotient(
    agent: ReservationsAgent, session: Transaction, family_id: UUID, body: QuotientIn, seen: SeenVersion
) -> FamilyOut:
    """Set the quotient from a day on; a second one for the same day corrects the first."""
    before = await repository.load_record(session, family_id)
    after = await service.set_quotient(
        session, family_id, cents=body.cents, effective_from=body.effective_from, seen=seen
    )
    return await audited(session, agent, "quotient.set", before, after)


@router.delete("/{family_id}/quotients/{effective_from}")
async def remove_quotient(
    agent: ReservationsAgent,
    session: Transaction,
    family_id: UUID,
    effective_from: EffectiveDay,
    seen: SeenVersion,
) -> FamilyOut:
    """Take away the quotient that was entered from a day on; the one before goes on."""
    before = await repository.load_record(session, family_id)
    after = await service.remove_entry(session, family_id, QUOTIENTS, effective_from, seen=seen)
    return await audited(session, agent, "quotient.removed", before, after)


@router.delete("/{family_id}/residencies/{effective_from}")
async def remove_residency(
    agent: ReservationsAgent,
    session: Transaction,
    family_id: UUID,
    effective_from: EffectiveDay,
    seen: SeenVersion,
) -> FamilyOut:
    """Take away the residency that was entered from a day on; the one before goes on."""
    before = await repository.load_record(session, family_id)
    after = await service.remove_entry(session, family_id, RESIDENCIES, effective_from, seen=seen)
    return await audited(session, agent, "residency.removed", before, after)


@router.delete("/{family_id}/payers/{effective_from}")
async def remove_payer(
    agent: ReservationsAgent,
    session: Transaction,
    family_id: UUID,
    effective_from: EffectiveDay,
    seen: SeenVersion,
) -> FamilyOut:
    """Take away the payer who was entered from a day on; the one before goes on."""
    before = await repository.load_record(session, family_id)
    after = await service.remove_entry(session, family_id, PAYERS, effective_from, seen=seen)
    return await audited(session, agent, "payer.removed", before, after)


@router.delete("/{family_id}/children/{child_id}/schoolings/{effective_from}")
async def remove_schooling(
    agent: ReservationsAgent,
    session: Transaction,
    family_id: UUID,
    child_id: UUID,
    effective_from: EffectiveDay,
    seen: SeenVersion,
) -> FamilyOut:
    """Take away the schooling that was entered from a day on; the one before goes on."""
    before = await repository.load_record(session, family_id)
    after = await service.remove_entry(
        session, family_id, SCHOOLINGS, effective_from, child_id=child_id, seen=seen
    )
    return await audited(session, agent, "schooling.removed", before, after)
