"""Nobody is registered twice without a word: the same child in the commune, the same person in a family."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple, Protocol
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from preau.common.db.clock import database_now
from preau.common.errors import Conflict, FieldErrors
from preau.identity.communes.service import civil_day
from preau.identity.families import repository
from preau.identity.families.domain import plain
from preau.identity.families.repository import KnownPerson

KNOWN_CHILD = "Cet enfant est déjà dans la famille."
KNOWN_GUARDIAN = "Ce responsable est déjà dans la famille."
NOT_BORN = "La date de naissance ne peut pas être dans le futur."


class Named(Protocol):
    """Somebody with a name, registered or to be."""

    @property
    def first_name(self) -> str: ...
    @property
    def last_name(self) -> str: ...


class Born(Named, Protocol):
    """A child, registered or to be."""

    @property
    def birth_date(self) -> date: ...


class FullName(NamedTuple):
    """A name alone."""

    first_name: str
    last_name: str


class FamilyRegistered(Conflict):
    """The commune has a family with one of these children, or of this name with one of these guardians.

    ``family_id`` and ``family_label`` tell which. A child of two homes is registered with a confirmation.
    """

    type, title = "family-registered", "Famille déjà enregistrée"


def name_of(person: Named) -> str:
    """A name as it is compared: accents, case and hyphens do not count."""
    return plain(f"{person.first_name} {person.last_name}")


def among(person: Named, others: Sequence[Named]) -> bool:
    """Whether one of ``others`` has the person's name."""
    return name_of(person) in {name_of(other) for other in others}


def repeated(persons: Sequence[Named]) -> list[int]:
    """Where somebody comes again who came before."""
    return [rank for rank, person in enumerate(persons) if among(person, persons[:rank])]


def becomes_another(person: Named, changes: Mapping[str, Any], others: Sequence[Named]) -> bool:
    """Whether ``changes`` give the person the name of one of ``others``, which it had not."""
    renamed = FullName(
        changes.get("first_name", person.first_name), changes.get("last_name", person.last_name)
    )
    return name_of(renamed) != name_of(person) and among(renamed, others)


async def refuse_unborn(session: AsyncSession, commune_id: UUID, born: dict[str, date | None]) -> None:
    """Raises ``FieldErrors`` for each field of ``born`` whose day is yet to come in the commune."""
    today = await civil_day(session, commune_id, await database_now(session))
    if wrong := {field: NOT_BORN for field, day in born.items() if day is not None and day > today}:
        raise FieldErrors(wrong)


async def refuse_registered(
    session: AsyncSession,
    commune_id: UUID,
    label: str,
    guardians: Sequence[Named],
    children: Sequence[Born],
) -> None:
    """Raises ``FamilyRegistered``.

    Registrations of one commune come one after the other from here on: of two at once the second sees the
    first.
    """
    await repository.lock_registrations(session, commune_id)
    days = {child.birth_date for child in children}
    for known in await repository.children_born(session, days):
        if any(known.birth_date == child.birth_date and among(child, [known]) for child in children):
            raise _registered(known, " (même date de naissance)")
    for known in await repository.guardians_of_families_called(session, plain(label)):
        if among(known, guardians):
            raise _registered(known)


def _registered(known: KnownPerson, same: str = "") -> FamilyRegistered:
    return FamilyRegistered(
        f"{known.first_name} {known.last_name}{same} figure déjà dans « {known.family_label} ».",
        family_id=str(known.family_id),
        family_label=known.family_label,
    )
