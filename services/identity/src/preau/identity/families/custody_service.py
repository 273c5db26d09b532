"""Setting who has a child between two families, from a day on, and what a draft would come to."""

from dataclasses import replace
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from preau.common.db.clock import database_now
from preau.common.errors import FieldErrors, NotFound
from preau.identity.communes.service import civil_day
from preau.identity.families import custodies, repository, service
from preau.identity.families.custodies import CustodyDay, CustodyEntry
from preau.identity.families.dated import FROM_TODAY, Effect
from preau.identity.families.domain import ChildRecord, FamilyRecord
from preau.identity.families.histories import FamilyHistories

UNKNOWN_FAMILY = "Cette famille est inconnue dans la commune."
CLOSED_FAMILY = "Cette famille est fermée\u202f: rouvrez sa fiche d’abord, ou choisissez-en une autre."
CLOSED_HOME = "La famille de l’enfant est fermée\u202f: rouvrez sa fiche d’abord."


async def set_custody(
    session: AsyncSession,
    family_id: UUID,
    child_id: UUID,
    draft: CustodyEntry,
    *,
    effect: Effect = FROM_TODAY,
    seen: int | None = None,
) -> FamilyRecord:
    """Set who has a child from a day on; a second entry for the day corrects the first.

    The family is published, and each other one that the child's custodies name or named.
    Raises ``NotFound``, ``ChangedMeanwhile``, ``FieldErrors``.
    """
    others = [] if draft.family_id is None else [draft.family_id]
    family = await service.lock_seen(session, family_id, seen, *others)
    before = await repository.load_record(session, family_id)
    child = _child(before, child_id)
    first_day = effect.first_day(await _today(session, family.commune_id))
    entry = await _checked(session, before, child, draft, first_day)
    histories = FamilyHistories(session, family.commune_id, family_id)
    await histories.custody(child_id, entry, first_day, child.custodies)
    return await service.publish(session, family_id, before)


async def preview(
    session: AsyncSession, family_id: UUID, child_id: UUID, draft: CustodyEntry, effect: Effect
) -> list[CustodyDay]:
    """Who would have the child on each day of the coming weeks. Raises ``NotFound``, ``FieldErrors``."""
    record = await repository.load_record(session, family_id)
    child = _child(record, child_id)
    today = await _today(session, record.commune_id)
    first_day = effect.first_day(today)
    entry = await _checked(session, record, child, draft, first_day)
    return custodies.preview(child.custodies, entry, first_day, today)


def _child(record: FamilyRecord, child_id: UUID) -> ChildRecord:
    child = next((each for each in record.children if each.child_id == child_id), None)
    if child is None:
        raise NotFound("Cet enfant est inconnu.")
    return child


async def _today(session: AsyncSession, commune_id: UUID) -> date:
    return await civil_day(session, commune_id, await database_now(session))


async def _checked(
    session: AsyncSession, record: FamilyRecord, child: ChildRecord, draft: CustodyEntry, first_day: date
) -> CustodyEntry:
    """The draft with what its kind uses alone, and the other family's label. Raises ``FieldErrors``."""
    today = await _today(session, record.commune_id)
    wrong = custodies.faults(draft, child.custodies, record.family_id, first_day, today)
    label = ""
    if draft.kind != "none":
        if record.status == "closed":
            wrong["kind"] = CLOSED_HOME
        if draft.family_id is not None and "family_id" not in wrong:
            other = await repository.find_family(session, draft.family_id)
            label = other.label if other else ""
            if other is None or other.commune_id != record.commune_id:
                wrong["family_id"] = UNKNOWN_FAMILY
            elif other.status == "closed":
                wrong["family_id"] = CLOSED_FAMILY
    if wrong:
        raise FieldErrors(wrong)
    return custodies.only_its_own(replace(draft, family_label=label))
