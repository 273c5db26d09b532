"""Families in the database: the record is read whole, its parts are written one by one."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple, cast
from uuid import UUID

from sqlalchemy import exists, func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from preau.common.db.turns import take_turn
from preau.common.errors import NotFound
from preau.identity.families import history_repository
from preau.identity.families.custodies import CustodyEntry, named
from preau.identity.families.domain import (
    SCHOOLING,
    ChildRecord,
    Civility,
    Delivery,
    FamilyRecord,
    GuardianRecord,
    Level,
    Pickup,
    PostalAddress,
    Residency,
    SharedChild,
    Status,
)
from preau.identity.families.tables import Child, Family, Guardian, Membership, PickupAuthorisation

_ATTEMPT, _KEEP = text("SAVEPOINT locking"), text("RELEASE SAVEPOINT locking")
_LET_GO = text("ROLLBACK TO SAVEPOINT locking")
"""Going back to a savepoint lets the locks go that were taken since, and keeps the transaction."""


async def lock_family(session: AsyncSession, family_id: UUID) -> Family:
    """The family's row, locked with those of ``lock_families``. Raises ``NotFound``."""
    family = (await lock_families(session, [family_id])).get(family_id)
    if family is None:
        raise NotFound("Cette famille est inconnue.")
    return family


async def lock_families(session: AsyncSession, family_ids: Collection[UUID]) -> Mapping[UUID, Family]:
    """The families' rows, locked: changes to one record come one after the other.

    With them those that custodies of their children name, which are told of some changes; always in the
    order of their ids, so that nobody waits in a circle. Those that are not there are left out.
    """
    while True:
        wanted = {*family_ids, *await history_repository.others_named(session, family_ids)}
        await session.execute(_ATTEMPT)
        rows = await session.scalars(
            select(Family)
            .where(Family.family_id.in_(wanted))
            .order_by(Family.family_id)
            .with_for_update(key_share=True)
            .execution_options(populate_existing=True)
        )
        locked = {family.family_id: family for family in rows}
        if await history_repository.others_named(session, family_ids) <= wanted:
            await session.execute(_KEEP)
            return locked
        await session.execute(_LET_GO)  # named while we waited: its turn may come before theirs
        await session.execute(_KEEP)


async def find_family(session: AsyncSession, family_id: UUID) -> Family | None:
    """The family's row, if there is one."""
    return await session.get(Family, family_id)


async def find_guardian(session: AsyncSession, guardian_id: UUID) -> Guardian | None:
    """The guardian, of whatever family, if there is one."""
    return await session.get(Guardian, guardian_id)


async def is_child_of(session: AsyncSession, child_id: UUID, family_id: UUID) -> bool:
    """Whether the child is one of that family."""
    found = await session.scalar(
        select(Child.child_id).where(Child.child_id == child_id, Child.family_id == family_id)
    )
    return found is not None


async def load_record(session: AsyncSession, family_id: UUID) -> FamilyRecord:
    """The whole record. Raises ``NotFound``."""
    records = await load_records(session, [family_id])
    if not records:
        raise NotFound("Cette famille est inconnue.")
    return records[0]


async def load_records(session: AsyncSession, family_ids: Sequence[UUID]) -> list[FamilyRecord]:
    """The whole records of those families that are visible, in the order asked for.

    Nine statements; one more when children are shared with other families.
    """
    families = {
        family.family_id: family
        for family in await session.scalars(
            select(Family).where(Family.family_id.in_(family_ids)).execution_options(populate_existing=True)
        )
    }
    guardians = await _guardians(session, family_ids)
    custodies = await history_repository.custodies(session, family_ids)
    known = await _children(session, family_ids, custodies)
    children: defaultdict[UUID, list[ChildRecord]] = defaultdict(list)
    for home, child in known:
        children[home].append(child)
    shared = await _shared(session, known)
    quotients = await history_repository.quotients(session, family_ids)
    residencies = await history_repository.residencies(session, family_ids)
    payers = await history_repository.payers(session, family_ids)
    return [
        FamilyRecord(
            family_id=family.family_id,
            commune_id=family.commune_id,
            version=family.version,
            label=family.label,
            status=cast(Status, family.status),
            residency=cast(Residency, family.residency),
            address=PostalAddress(family.street, family.postal_code, family.city),
            guardians=tuple(guardians[family.family_id]),
            children=tuple(children[family.family_id]),
            quotients=quotients.get(family.family_id, ()),
            residencies=residencies.get(family.family_id, ()),
            payers=payers.get(family.family_id, ()),
            delivery=cast(Delivery, family.delivery),
            shared_children=tuple(shared[family.family_id]),
        )
        for family in (families[family_id] for family_id in family_ids if family_id in families)
    ]


async def _guardians(
    session: AsyncSession, family_ids: Sequence[UUID]
) -> defaultdict[UUID, list[GuardianRecord]]:
    has_account = exists().where(Membership.guardian_id == Guardian.guardian_id)
    rows = await session.execute(
        select(Guardian, has_account)
        .where(Guardian.family_id.in_(family_ids))
        .order_by(Guardian.position, Guardian.guardian_id)
        .execution_options(populate_existing=True)
    )
    by_family: defaultdict[UUID, list[GuardianRecord]] = defaultdict(list)
    for person, with_account in rows:
        by_family[person.family_id].append(
            GuardianRecord(
                guardian_id=person.guardian_id,
                civility=cast(Civility, person.civility),
                first_name=person.first_name,
                last_name=person.last_name,
                email=person.email,
                phone=person.phone,
                is_payer=person.is_payer,
                has_account=with_account,
            )
        )
    return by_family


async def _children(
    session: AsyncSession, family_ids: Sequence[UUID], custodies: Mapping[UUID, tuple[CustodyEntry, ...]]
) -> list[tuple[UUID, ChildRecord]]:
    """The families' children and those that others share with them, each with the family of its record."""
    children = (
        await session.scalars(
            select(Child)
            .where(Child.family_id.in_(family_ids) | Child.child_id.in_(custodies))
            .order_by(Child.birth_date, Child.child_id)
            .execution_options(populate_existing=True)
        )
    ).all()
    pickups: defaultdict[UUID, list[Pickup]] = defaultdict(list)
    for row in await session.scalars(
        select(PickupAuthorisation)
        .where(PickupAuthorisation.child_id.in_([child.child_id for child in children]))
        .order_by(PickupAuthorisation.valid_from, PickupAuthorisation.authorisation_id)
    ):
        pickups[row.child_id].append(
            Pickup(row.person_name, row.relation, row.phone, row.valid_from, row.valid_to, row.request_id)
        )
    schoolings = await history_repository.schoolings(session, list({child.family_id for child in children}))
    return [
        (
            child.family_id,
            ChildRecord(
                child_id=child.child_id,
                first_name=child.first_name,
                last_name=child.last_name,
                birth_date=child.birth_date,
                school=child.school,
                class_name=child.class_name,
                level=cast(Level, child.level),
                diet=child.diet,
                pickup_authorisations=tuple(pickups[child.child_id]),
                category=child.category,
                schoolings=schoolings.get(child.child_id, ()),
                counts_from=child.counts_from,
                counts_to=child.counts_to,
                custodies=custodies.get(child.child_id, ()),
            ),
        )
        for child in children
    ]


async def _shared(
    session: AsyncSession, known: Sequence[tuple[UUID, ChildRecord]]
) -> defaultdict[UUID, list[SharedChild]]:
    """Of the children known, those that other families have by custody, by these."""
    homes = [home for home, child in known if child.custodies]
    labels: dict[UUID, str] = {}
    if homes:
        found = await session.execute(
            select(Family.family_id, Family.label).where(Family.family_id.in_(homes))
        )
        labels = {row.family_id: row.label for row in found}
    shared: defaultdict[UUID, list[SharedChild]] = defaultdict(list)
    for home, child in known:
        for other in sorted(named([child.custodies])):
            shared[other].append(SharedChild(child, home, labels[home]))
    return shared


async def add(session: AsyncSession, *rows: Family | Guardian | Child) -> None:
    """Insert new rows; flushed, because the record is read back in the same transaction."""
    session.add_all(rows)
    await session.flush()


async def change_family(session: AsyncSession, family_id: UUID, changes: dict[str, Any]) -> None:
    """Write changes to the family's own columns."""
    await session.execute(update(Family).where(Family.family_id == family_id).values(**changes))


async def change_guardian(
    session: AsyncSession, *, family_id: UUID, guardian_id: UUID, changes: dict[str, Any]
) -> None:
    """Write changes to a guardian of the family. Raises ``NotFound``."""
    changed = await session.execute(
        update(Guardian)
        .where(Guardian.guardian_id == guardian_id, Guardian.family_id == family_id)
        .values(**changes)
        .returning(Guardian.guardian_id)
    )
    if changed.first() is None:
        raise NotFound("Ce responsable est inconnu.")


async def change_child(
    session: AsyncSession, *, family_id: UUID, child_id: UUID, changes: dict[str, Any]
) -> None:
    """Write changes to a child of the family. Raises ``NotFound``."""
    changed = await session.execute(
        update(Child)
        .where(Child.child_id == child_id, Child.family_id == family_id)
        .values(**changes)
        .returning(Child.child_id)
    )
    if changed.first() is None:
        raise NotFound("Cet enfant est inconnu.")


async def write_what_holds(session: AsyncSession, stands: FamilyRecord, record: FamilyRecord) -> None:
    """Write the residency, the payer and the schoolings of ``record`` where they differ from what stands."""
    family_id = record.family_id
    if record.residency != stands.residency:
        await change_family(session, family_id, {"residency": record.residency})
    if record.guardians != stands.guardians:
        for person in record.guardians:
            if person.is_payer:
                await only_payer(session, family_id=family_id, guardian_id=person.guardian_id)
    for before, after in zip(stands.children, record.children, strict=True):
        if after != before:
            changes = {name: getattr(after, name) for name in SCHOOLING}
            await change_child(session, family_id=family_id, child_id=after.child_id, changes=changes)


async def next_position(session: AsyncSession, family_id: UUID) -> int:
    """The place of one more guardian in the record: after the last."""
    last = await session.scalar(select(func.max(Guardian.position)).where(Guardian.family_id == family_id))
    return 0 if last is None else last + 1


async def only_payer(session: AsyncSession, *, family_id: UUID, guardian_id: UUID) -> None:
    """Make one guardian the payer, and nobody else."""
    await session.execute(
        update(Guardian)
        .where(Guardian.family_id == family_id)
        .values(is_payer=Guardian.guardian_id == guardian_id)
    )


async def lock_registrations(session: AsyncSession, commune_id: UUID) -> None:
    """Wait until no other registration of the commune is under way, and keep others waiting."""
    await take_turn(session, f"registrations/{commune_id}")


class KnownPerson(NamedTuple):
    """A child or a guardian, and the family that has them."""

    first_name: str
    last_name: str
    family_id: UUID
    family_label: str
    birth_date: date = date.min
    """Of a child."""


async def children_born(session: AsyncSession, days: Collection[date]) -> list[KnownPerson]:
    """The children of active families who were born on one of ``days``."""
    rows = await session.execute(
        select(Child.first_name, Child.last_name, Family.family_id, Family.label, Child.birth_date)
        .join(Family, Family.family_id == Child.family_id)
        .where(Child.birth_date.in_(days), Family.status == "active")
        .order_by(Family.sort_key, Child.child_id)
    )
    return [KnownPerson(*row) for row in rows]


async def guardians_of_families_called(session: AsyncSession, sort_key: str) -> list[KnownPerson]:
    """The guardians of the active families whose label sorts as ``sort_key``."""
    rows = await session.execute(
        select(Guardian.first_name, Guardian.last_name, Family.family_id, Family.label)
        .join(Family, Family.family_id == Guardian.family_id)
        .where(Family.sort_key == sort_key, Family.status == "active")
        .order_by(Family.family_id, Guardian.position)
    )
    return [KnownPerson(*row) for row in rows]


async def add_pickup(session: AsyncSession, values: dict[str, Any]) -> bool:
    """Insert an authorisation unless the request already brought it; gives whether it was new."""
    added = await session.execute(
        insert(PickupAuthorisation)
        .values(**values)
        .on_conflict_do_nothing(index_elements=[PickupAuthorisation.request_id])
        .returning(PickupAuthorisation.authorisation_id)
    )
    return added.first() is not None
