"""What happens to families. Every change ends in ``publish``: a new version of the whole record."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from preau.common.db.clock import database_now
from preau.common.errors import FieldErrors, NotFound
from preau.common.http.seen_version import refuse_if_changed
from preau.common.ids import new_id
from preau.common.messaging.outbox import emit
from preau.identity.communes.domain import residents
from preau.identity.communes.repository import commune_by_id
from preau.identity.communes.service import civil_day
from preau.identity.families import history_repository, repository
from preau.identity.families.dated import FROM_TODAY, Effect
from preau.identity.families.domain import (
    SCHOOLING,
    ChildRecord,
    Civility,
    Delivery,
    FamilyRecord,
    Level,
    PostalAddress,
    as_event,
    as_on,
    others_to_tell,
    plain,
    search_key,
    shared_on,
    why_open,
)
from preau.identity.families.histories import FamilyHistories
from preau.identity.families.history_repository import History
from preau.identity.families.known_persons import (
    KNOWN_CHILD,
    KNOWN_GUARDIAN,
    among,
    becomes_another,
    refuse_registered,
    refuse_unborn,
    repeated,
)
from preau.identity.families.lists import check_categories, check_residency
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
    category: str = ""
    diet: str = ""
    child_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class NewFamily:
    """A family to register, as it is since always; ``quotients`` are (hundredths of a euro, first day)."""

    label: str
    residency: str
    address: PostalAddress
    guardians: Sequence[NewGuardian]
    children: Sequence[NewChild]
    quotients: Sequence[tuple[int, date]] = ()
    delivery: Delivery = "mail"
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
    residency = await check_residency(session, commune_id, new.residency)
    categories = {f"children.{rank}.category": child.category for rank, child in enumerate(new.children)}
    await check_categories(session, commune_id, categories)
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
            residency=residency,
            street=new.address.street,
            postal_code=new.address.postal_code,
            city=new.address.city,
            delivery=new.delivery,
            sort_key=plain(new.label),
            search_key="",
            version=0,
        ),
    )
    payer = next((rank for rank, person in enumerate(new.guardians) if person.is_payer), 0)
    guardians = [
        _guardian(commune_id, family_id, person, position=rank, is_payer=rank == payer)
        for rank, person in enumerate(new.guardians)
    ]
    children = [_child(commune_id, family_id, child) for child in new.children]
    await repository.add(session, *guardians, *children)
    histories = FamilyHistories(session, commune_id, family_id)
    await histories.residency(new.residency, date.min)
    await histories.payer(guardians[payer].guardian_id, date.min)
    for child in children:
        await histories.first_schooling(child.child_id, _schooling(child))
    today = await civil_day(session, commune_id, await database_now(session))
    for cents, first_day in new.quotients:
        await histories.quotient(cents, first_day, recorded_on=today)
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
        category=child.category,
        diet=child.diet,
    )


def _schooling(child: Child) -> dict[str, Any]:
    return {name: getattr(child, name) for name in SCHOOLING}


async def publish(session: AsyncSession, family_id: UUID, before: FamilyRecord | None = None) -> FamilyRecord:
    """Let the version grow, renew what searches go by, and emit the whole record as it stands today.

    What its histories say of today is written where readers of one day look. Other families that are told of
    its children, or were, are emitted too when that changes: ``before`` is the record before the change,
    None when it is not of children.
    """
    family = await repository.lock_family(session, family_id)
    now = await database_now(session)
    today = await civil_day(session, family.commune_id, now)
    commune = await commune_by_id(session, family.commune_id)
    stands = await repository.load_record(session, family_id)
    record = replace(as_on(stands, today, residents(commune.residency_classes)), version=stands.version + 1)
    await repository.write_what_holds(session, stands, record)
    await history_repository.mark_applied(session, family_id, today, now)
    await repository.change_family(
        session,
        family_id,
        {"version": record.version, "sort_key": plain(record.label), "search_key": search_key(record)},
    )
    await emit(session, as_event(record))
    for other in others_to_tell(before or stands, record):
        await _publish_shared(session, other, today)
    return record


async def _publish_shared(session: AsyncSession, family_id: UUID, today: date) -> None:
    """Emit a family, whose row is locked, of which only children of others changed.

    What begins today in its own record is left to the sweeper, which locks whom it concerns.
    """
    stands = await repository.load_record(session, family_id)
    record = replace(stands, version=stands.version + 1, shared_children=shared_on(stands, today))
    await repository.change_family(session, family_id, {"version": record.version})
    await emit(session, as_event(record))


async def change(
    session: AsyncSession,
    family_id: UUID,
    changes: dict[str, Any],
    *,
    effect: Effect = FROM_TODAY,
    seen: int | None = None,
) -> FamilyRecord:
    """Change label, status, address or how invoices are sent, and the residency from a day on.

    Raises ``NotFound``, ``ChangedMeanwhile``.
    """
    family = await lock_seen(session, family_id, seen)
    if not changes:
        return await repository.load_record(session, family_id)
    if changes.get("status") == "closed" and family.status != "closed":
        await _refuse_shared(session, family)
    facts = {name: value for name, value in changes.items() if name != "residency"}
    if facts:
        await repository.change_family(session, family_id, facts)
    if "residency" in changes:
        await check_residency(session, family.commune_id, changes["residency"])
        record = await repository.load_record(session, family_id)
        first_day = effect.first_day(await _today(session, family))
        await _histories(session, family).residency(changes["residency"], first_day, record.residencies)
    return await publish(session, family_id)


async def _refuse_shared(session: AsyncSession, family: Family) -> None:
    """Raises ``FieldErrors`` when children are between this family and another one, now or later."""
    today = await _today(session, family)
    record = await repository.load_record(session, family.family_id)
    if reason := why_open(record, today):
        raise FieldErrors({"status": reason})


async def _today(session: AsyncSession, family: Family) -> date:
    return await civil_day(session, family.commune_id, await database_now(session))


def _histories(session: AsyncSession, family: Family) -> FamilyHistories:
    return FamilyHistories(session, family.commune_id, family.family_id)


async def add_guardian(
    session: AsyncSession, family_id: UUID, person: NewGuardian, *, effect: Effect = FROM_TODAY
) -> FamilyRecord:
    """Add a responsable, who pays from a day on if so told. Raises ``NotFound``, ``FieldErrors``."""
    family = await repository.lock_family(session, family_id)
    record = await repository.load_record(session, family_id)
    if among(person, record.guardians):
        raise FieldErrors({"first_name": KNOWN_GUARDIAN})
    position = await repository.next_position(session, family_id)
    row = _guardian(family.commune_id, family_id, person, position=position, is_payer=False)
    await repository.add(session, row)
    if person.is_payer:
        first_day = effect.first_day(await _today(session, family))
        await _histories(session, family).payer(row.guardian_id, first_day, record)
    return await publish(session, family_id)


async def lock_seen(session: AsyncSession, family_id: UUID, seen: int | None, *others: UUID) -> Family:
    """Lock the family's row, which must still be of the version seen, and with it those of ``others``."""
    family = (await repository.lock_families(session, [family_id, *others])).get(family_id)
    if family is None:
        raise NotFound("Cette famille est inconnue.")
    refuse_if_changed(seen, family.version)
    return family


async def change_guardian(
    session: AsyncSession,
    family_id: UUID,
    guardian_id: UUID,
    changes: dict[str, Any],
    *,
    effect: Effect = FROM_TODAY,
    seen: int | None = None,
) -> FamilyRecord:
    """Change a responsable. Raises ``NotFound``, ``ChangedMeanwhile``, ``FieldErrors``.

    Someone always pays: one becomes the payer in another's place from a day on, and is not simply unmade.
    """
    family = await lock_seen(session, family_id, seen)
    record = await repository.load_record(session, family_id)
    people = {each.guardian_id: each for each in record.guardians}
    person = people.pop(guardian_id, None)
    if person is None:
        raise NotFound("Ce responsable est inconnu.")
    if becomes_another(person, changes, list(people.values())):
        raise FieldErrors({"first_name": KNOWN_GUARDIAN})
    facts = {name: value for name, value in changes.items() if name != "is_payer"}
    if facts:
        await repository.change_guardian(session, family_id=family_id, guardian_id=guardian_id, changes=facts)
    if changes.get("is_payer"):
        first_day = effect.first_day(await _today(session, family))
        await _histories(session, family).payer(guardian_id, first_day, record)
    return await publish(session, family_id)


async def add_child(session: AsyncSession, family_id: UUID, child: NewChild) -> FamilyRecord:
    """Add a child. Raises ``NotFound``, ``FieldErrors``."""
    family = await repository.lock_family(session, family_id)
    await refuse_unborn(session, family.commune_id, {"birth_date": child.birth_date})
    await check_categories(session, family.commune_id, {"category": child.category})
    if among(child, (await repository.load_record(session, family_id)).children):
        raise FieldErrors({"first_name": KNOWN_CHILD})
    row = _child(family.commune_id, family_id, child)
    await repository.add(session, row)
    await _histories(session, family).first_schooling(row.child_id, _schooling(row))
    return await publish(session, family_id)


async def change_child(
    session: AsyncSession,
    family_id: UUID,
    child_id: UUID,
    changes: dict[str, Any],
    *,
    effect: Effect = FROM_TODAY,
    seen: int | None = None,
) -> FamilyRecord:
    """Change a child, the schooling from a day on.

    Raises ``NotFound``, ``ChangedMeanwhile``, ``FieldErrors``.
    """
    family = await lock_seen(session, family_id, seen)
    await refuse_unborn(session, family.commune_id, {"birth_date": changes.get("birth_date")})
    before = await repository.load_record(session, family_id)
    children = {each.child_id: each for each in before.children}
    child = children.pop(child_id, None)
    if child is None:
        raise NotFound("Cet enfant est inconnu.")
    if becomes_another(child, changes, list(children.values())):
        raise FieldErrors({"first_name": KNOWN_CHILD})
    _refuse_backwards(child, changes)
    await check_categories(session, family.commune_id, {"category": changes.get("category", "")})
    schooling = {name: value for name, value in changes.items() if name in SCHOOLING}
    facts = {name: value for name, value in changes.items() if name not in SCHOOLING}
    if facts:
        await repository.change_child(session, family_id=family_id, child_id=child_id, changes=facts)
    if schooling:
        first_day = effect.first_day(await _today(session, family))
        await _histories(session, family).schooling(child, first_day, schooling)
    return await publish(session, family_id, before)


def _refuse_backwards(child: ChildRecord, changes: dict[str, Any]) -> None:
    """Raises ``FieldErrors`` when the child would stop counting among the siblings before it begins to."""
    begins, ends = (changes.get(name, getattr(child, name)) for name in ("counts_from", "counts_to"))
    if begins is not None and ends is not None and ends <= begins:
        raise FieldErrors({"counts_to": "Cette date doit suivre celle où l’enfant commence à compter."})


async def set_quotient(
    session: AsyncSession, family_id: UUID, *, cents: int, effective_from: date, seen: int | None = None
) -> FamilyRecord:
    """Set the quotient from a day on; a second one for the day corrects the first.

    Raises ``NotFound``, ``ChangedMeanwhile``.
    """
    family = await lock_seen(session, family_id, seen)
    stands = (await repository.load_record(session, family_id)).quotients
    await _histories(session, family).quotient(
        cents, effective_from, recorded_on=await _today(session, family), stands=stands
    )
    return await publish(session, family_id)


async def remove_entry(
    session: AsyncSession,
    family_id: UUID,
    history: History,
    first_day: date,
    *,
    child_id: UUID | None = None,
    seen: int | None = None,
) -> FamilyRecord:
    """Take away what was entered from a day on, of the family or of a child: what was before goes on.

    Raises ``NotFound``, ``ChangedMeanwhile``.
    """
    await lock_seen(session, family_id, seen)
    before = await repository.load_record(session, family_id)
    if child_id is not None and not await repository.is_child_of(session, child_id, family_id):
        raise NotFound("Cet enfant est inconnu.")
    if not await history_repository.remove(session, history, child_id or family_id, first_day):
        raise NotFound("Rien ne commence à cette date.")
    return await publish(session, family_id, before)
