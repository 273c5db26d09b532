"""What happens to families. Every change ends in ``publish``: a new version of the whole record."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from preau.common.errors import FieldErrors
from preau.common.http.seen_version import refuse_if_changed
from preau.common.ids import new_id
from preau.common.messaging.outbox import emit
from preau.identity.families import repository
from preau.identity.families.domain import (
    Civility,
    FamilyRecord,
    Level,
    PostalAddress,
    Residency,
    as_event,
    plain,
    search_key,
)
from preau.identity.families.known_persons import (
    KNOWN_CHILD,
    KNOWN_GUARDIAN,
    among,
    becomes_another,
    refuse_registered,
    refuse_unborn,
    repeated,
)
from preau.identity.families.tables import Child, Family, Guardian


@dataclass(frozen=True, slots=True)
class NewGuardian:
    """A guardian to be; ``guardian_id`` is given by the demonstration data only."""

    first_name: str
    last_name: str
    civility: Civility = ""
    email: str = ""
    phone: str = ""
    is_payer: bool = False
    guardian_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class NewChild:
    """A child to be; ``child_id`` is given by the demonstration data only."""

    first_name: str
    last_name: str
    birth_date: date
    school: str = ""
    class_name: str = ""
    level: Level = "elementary"
    diet: str = ""
    child_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class NewFamily:
    """A family to register; ``quotients`` are (whole euros, first day)."""

    label: str
    residency: Residency
    address: PostalAddress
    guardians: Sequence[NewGuardian]
    children: Sequence[NewChild]
    quotients: Sequence[tuple[int, date]] = ()
    family_id: UUID | None = None


async def register(
    session: AsyncSession, commune_id: UUID, new: NewFamily, *, known_family: bool = False
) -> FamilyRecord:
    """Make the record. Without a payer named, the first guardian pays.

    ``known_family``: that such a family is there is known and meant. Raises ``FieldErrors`` for two
    payers, two quotients on one day, somebody who comes twice, a birth to come; ``FamilyRegistered``.
    """
    _check(new)
    await refuse_unborn(
        session,
        commune_id,
        {f"children.{rank}.birth_date": child.birth_date for rank, child in enumerate(new.children)},
    )
    if not known_family:
        await refuse_registered(session, commune_id, new.label, new.guardians, new.children)
    family_id = new.family_id or new_id()
    await repository.add(
        session,
        Family(
            family_id=family_id,
            commune_id=commune_id,
            label=new.label,
            status="active",
            residency=new.residency,
            street=new.address.street,
            postal_code=new.address.postal_code,
            city=new.address.city,
            sort_key=plain(new.label),
            search_key="",
            version=0,
        ),
    )
    payer = next((rank for rank, person in enumerate(new.guardians) if person.is_payer), 0)
    await repository.add(
        session,
        *(
            _guardian(commune_id, family_id, person, position=rank, is_payer=rank == payer)
            for rank, person in enumerate(new.guardians)
        ),
        *(_child(commune_id, family_id, child) for child in new.children),
    )
    await repository.set_quotients(session, commune_id=commune_id, family_id=family_id, entries=new.quotients)
    return await publish(session, family_id)


def _check(new: NewFamily) -> None:
    if sum(person.is_payer for person in new.guardians) > 1:
        raise FieldErrors({"guardians": "Un seul responsable peut être le payeur."})
    days = [start for _, start in new.quotients]
    if len(days) != len(set(days)):
        raise FieldErrors({"quotients": "Deux quotients commencent le même jour."})
    twice = {f"guardians.{rank}.first_name": KNOWN_GUARDIAN for rank in repeated(new.guardians)}
    twice |= {f"children.{rank}.first_name": KNOWN_CHILD for rank in repeated(new.children)}
    if twice:
        raise FieldErrors(twice)


def _guardian(
    commune_id: UUID, family_id: UUID, person: NewGuardian, *, position: int, is_payer: bool
) -> Guardian:
    return Guardian(
        guardian_id=person.guardian_id or new_id(),
        commune_id=commune_id,
        family_id=family_id,
        position=position,
        civility=person.civility,
        first_name=person.first_name,
        last_name=person.last_name,
        email=person.email,
        phone=person.phone,
        is_payer=is_payer,
    )


def _child(commune_id: UUID, family_id: UUID, child: NewChild) -> Child:
    return Child(
        child_id=child.child_id or new_id(),
        commune_id=commune_id,
        family_id=family_id,
        first_name=child.first_name,
        last_name=child.last_name,
        birth_date=child.birth_date,
        school=child.school,
        class_name=child.class_name,
        level=child.level,
        diet=child.diet,
    )


async def publish(session: AsyncSession, family_id: UUID) -> FamilyRecord:
    """Let the version grow, renew what searches go by, and emit the whole record as it stands."""
    family = await repository.lock_family(session, family_id)
    version = family.version + 1
    await repository.change_family(session, family_id, {"version": version})
    record = await repository.load_record(session, family_id)
    await repository.change_family(
        session, family_id, {"sort_key": plain(record.label), "search_key": search_key(record)}
    )
    await emit(session, as_event(record))
    return record


async def change(
    session: AsyncSession, family_id: UUID, changes: dict[str, Any], *, seen: int | None = None
) -> FamilyRecord:
    """Change label, status, residency or address. Raises ``NotFound``, ``ChangedMeanwhile``."""
    await _lock_seen(session, family_id, seen)
    if not changes:
        return await repository.load_record(session, family_id)
    await repository.change_family(session, family_id, changes)
    return await publish(session, family_id)


async def add_guardian(session: AsyncSession, family_id: UUID, person: NewGuardian) -> FamilyRecord:
    """Add a responsable; the payer changes if the new one is to pay. Raises ``NotFound``, ``FieldErrors``."""
    family = await repository.lock_family(session, family_id)
    if among(person, (await repository.load_record(session, family_id)).guardians):
        raise FieldErrors({"first_name": KNOWN_GUARDIAN})
    position = await repository.next_position(session, family_id)
    row = _guardian(family.commune_id, family_id, person, position=position, is_payer=False)
    await repository.add(session, row)
    if person.is_payer:
        await repository.only_payer(session, family_id=family_id, guardian_id=row.guardian_id)
    return await publish(session, family_id)


async def _lock_seen(session: AsyncSession, family_id: UUID, seen: int | None) -> Family:
    """Lock the family's row, which must still be of the version seen."""
    family = await repository.lock_family(session, family_id)
    refuse_if_changed(seen, family.version)
    return family


async def change_guardian(
    session: AsyncSession,
    family_id: UUID,
    guardian_id: UUID,
    changes: dict[str, Any],
    *,
    seen: int | None = None,
) -> FamilyRecord:
    """Change a responsable. Raises ``NotFound``, ``ChangedMeanwhile``, ``FieldErrors``.

    Someone always pays: one becomes the payer in another's place, and is not simply unmade.
    """
    await _lock_seen(session, family_id, seen)
    people = {each.guardian_id: each for each in (await repository.load_record(session, family_id)).guardians}
    person = people.pop(guardian_id, None)
    if person is not None and becomes_another(person, changes, list(people.values())):
        raise FieldErrors({"first_name": KNOWN_GUARDIAN})
    facts = {name: value for name, value in changes.items() if name != "is_payer"}
    if facts:
        await repository.change_guardian(session, family_id=family_id, guardian_id=guardian_id, changes=facts)
    if changes.get("is_payer"):
        await repository.only_payer(session, family_id=family_id, guardian_id=guardian_id)
    return await publish(session, family_id)


async def add_child(session: AsyncSession, family_id: UUID, child: NewChild) -> FamilyRecord:
    """Add a child. Raises ``NotFound``, ``FieldErrors``."""
    family = await repository.lock_family(session, family_id)
    await refuse_unborn(session, family.commune_id, {"birth_date": child.birth_date})
    if among(child, (await repository.load_record(session, family_id)).children):
        raise FieldErrors({"first_name": KNOWN_CHILD})
    await repository.add(session, _child(family.commune_id, family_id, child))
    return await publish(session, family_id)


async def change_child(
    session: AsyncSession,
    family_id: UUID,
    child_id: UUID,
    changes: dict[str, Any],
    *,
    seen: int | None = None,
) -> FamilyRecord:
    """Change a child. Raises ``NotFound``, ``ChangedMeanwhile``, ``FieldErrors``."""
    family = await _lock_seen(session, family_id, seen)
    await refuse_unborn(session, family.commune_id, {"birth_date": changes.get("birth_date")})
    children = {each.child_id: each for each in (await repository.load_record(session, family_id)).children}
    child = children.pop(child_id, None)
    if child is not None and becomes_another(child, changes, list(children.values())):
        raise FieldErrors({"first_name": KNOWN_CHILD})
    if changes:
        await repository.change_child(session, family_id=family_id, child_id=child_id, changes=changes)
    return await publish(session, family_id)


async def set_quotient(
    session: AsyncSession, family_id: UUID, *, value: int, effective_from: date
) -> FamilyRecord:
    """Set the quotient from a day on; a second one for the day corrects the first. Raises ``NotFound``."""
    family = await repository.lock_family(session, family_id)
    await repository.set_quotients(
        session,
        commune_id=family.commune_id,
        family_id=family_id,
        entries=[(value, effective_from)],
    )
    return await publish(session, family_id)
