"""SQL of the facts with dates: one table a kind, one row an entry, found by the day on which it begins.

PostgreSQL's "-infinity", which the driver gives and takes as ``date.min``, is since always.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Literal, NamedTuple, TypeVar, cast
from uuid import UUID

from sqlalchemy import delete, func, select, union, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from preau.contracts.custody import CustodyDates, CustodyKind
from preau.identity.communes.tables import Commune
from preau.identity.families.custodies import CustodyEntry
from preau.identity.families.dated import Entry, with_ends
from preau.identity.families.domain import (
    Level,
    PayerEntry,
    QuotientEntry,
    ResidencyEntry,
    SchoolingEntry,
)
from preau.identity.families.tables import (
    ChildCustody,
    Family,
    PayerPeriod,
    Quotient,
    ResidencyPeriod,
    Schooling,
)

Row = TypeVar("Row", ResidencyPeriod, PayerPeriod, Schooling, Quotient)
APPLIED = (ResidencyPeriod, PayerPeriod, Schooling)
"""What readers of one day find in the record itself: each entry is applied on its day."""


class History(NamedTuple):
    """A kind of fact: its table, and the column that says whose each history is."""

    table: type[ResidencyPeriod | PayerPeriod | Schooling | Quotient | ChildCustody]
    owner: str


RESIDENCIES = History(ResidencyPeriod, "family_id")
PAYERS = History(PayerPeriod, "family_id")
SCHOOLINGS = History(Schooling, "child_id")
QUOTIENTS = History(Quotient, "family_id")
CUSTODIES = History(ChildCustody, "child_id")


def _beginning(row: ResidencyPeriod | PayerPeriod | Schooling | Quotient | ChildCustody) -> date | None:
    return None if row.effective_from == date.min else row.effective_from


def _by_owner(entries: Iterable[tuple[UUID, Entry]]) -> Mapping[UUID, tuple[Entry, ...]]:
    found: defaultdict[UUID, list[Entry]] = defaultdict(list)
    for owner, entry in entries:
        found[owner].append(entry)
    return {owner: with_ends(history) for owner, history in found.items()}


async def _rows(session: AsyncSession, table: type[Row], family_ids: Sequence[UUID]) -> Sequence[Row]:
    query = select(table).where(table.family_id.in_(family_ids))
    return (await session.scalars(query.execution_options(populate_existing=True))).all()


async def residencies(
    session: AsyncSession, family_ids: Sequence[UUID]
) -> Mapping[UUID, tuple[ResidencyEntry, ...]]:
    """The residencies by family."""
    return _by_owner(
        (row.family_id, ResidencyEntry(row.residency, effective_from=_beginning(row)))
        for row in await _rows(session, ResidencyPeriod, family_ids)
    )


async def payers(session: AsyncSession, family_ids: Sequence[UUID]) -> Mapping[UUID, tuple[PayerEntry, ...]]:
    """The payers by family."""
    return _by_owner(
        (row.family_id, PayerEntry(row.guardian_id, effective_from=_beginning(row)))
        for row in await _rows(session, PayerPeriod, family_ids)
    )


async def schoolings(
    session: AsyncSession, family_ids: Sequence[UUID]
) -> Mapping[UUID, tuple[SchoolingEntry, ...]]:
    """The schoolings by child."""
    return _by_owner(
        (
            row.child_id,
            SchoolingEntry(
                row.school,
                row.class_name,
                cast(Level, row.level),
                row.category,
                effective_from=_beginning(row),
            ),
        )
        for row in await _rows(session, Schooling, family_ids)
    )


async def quotients(
    session: AsyncSession, family_ids: Sequence[UUID]
) -> Mapping[UUID, tuple[QuotientEntry, ...]]:
    """The quotients by family."""
    return _by_owner(
        (row.family_id, QuotientEntry(row.cents, row.recorded_on, effective_from=_beginning(row)))
        for row in await _rows(session, Quotient, family_ids)
    )


async def custodies(
    session: AsyncSession, family_ids: Sequence[UUID]
) -> Mapping[UUID, tuple[CustodyEntry, ...]]:
    """By child: the custodies of the families' children and of those that others share with them, whole."""
    shared = select(ChildCustody.child_id).where(ChildCustody.other_family_id.in_(family_ids))
    query = (
        select(ChildCustody, Family.label)
        .outerjoin(Family, Family.family_id == ChildCustody.other_family_id)
        .where(ChildCustody.family_id.in_(family_ids) | ChildCustody.child_id.in_(shared))
    )
    rows = (await session.execute(query.execution_options(populate_existing=True))).all()
    return _by_owner((row.child_id, _custody(row, label)) for row, label in rows)


def _custody(row: ChildCustody, label: str | None) -> CustodyEntry:
    return CustodyEntry(
        cast(CustodyKind, row.kind),
        row.other_family_id,
        cast(Literal["even", "odd"], row.weeks),
        row.changes_on,
        tuple(row.weekdays),
        row.percent,
        tuple(CustodyDates.model_validate(each) for each in row.dates),
        label or "",
        effective_from=_beginning(row),
    )


def custody_columns(entry: CustodyEntry) -> dict[str, Any]:
    """What an entry of a custody says, by column."""
    return {
        "kind": entry.kind,
        "other_family_id": entry.family_id,
        "weeks": entry.weeks,
        "changes_on": entry.changes_on,
        "weekdays": list(entry.weekdays),
        "percent": entry.percent,
        "dates": [each.model_dump(mode="json") for each in entry.dates],
    }


async def others_named(session: AsyncSession, family_ids: Collection[UUID]) -> frozenset[UUID]:
    """The families that custodies of these families' children name."""
    found = await session.scalars(
        select(ChildCustody.other_family_id)
        .where(ChildCustody.family_id.in_(family_ids), ChildCustody.other_family_id.is_not(None))
        .distinct()
    )
    return frozenset(each for each in found if each is not None)


class CodesInUse(NamedTuple):
    """The codes of the commune's lists that some history has."""

    residencies: frozenset[str]
    categories: frozenset[str]


async def codes_in_use(session: AsyncSession) -> CodesInUse:
    """The codes that families of the commune have, had or will have."""
    residencies = await session.scalars(select(ResidencyPeriod.residency).distinct())
    categories = await session.scalars(select(Schooling.category).distinct())
    return CodesInUse(frozenset(residencies), frozenset(categories))


async def put(
    session: AsyncSession,
    history: History,
    *,
    commune_id: UUID,
    family_id: UUID,
    owner_id: UUID,
    first_day: date,
    facts: Mapping[str, Any],
) -> None:
    """Write what holds from a day on (``date.min``: since always) in place of what began that day."""
    row: dict[str, Any] = {
        "commune_id": commune_id,
        "family_id": family_id,
        history.owner: owner_id,
        "effective_from": first_day,
        **facts,
    }
    await session.execute(
        insert(history.table)
        .values(row)
        .on_conflict_do_update(index_elements=[history.owner, "effective_from"], set_=facts)
    )


async def remove(session: AsyncSession, history: History, owner_id: UUID, first_day: date) -> bool:
    """Take away what begins on a day; gives whether there was such an entry."""
    removed = await session.execute(
        delete(history.table)
        .filter_by(**{history.owner: owner_id, "effective_from": first_day})
        .returning(history.table.effective_from)
    )
    return removed.first() is not None


async def mark_applied(session: AsyncSession, family_id: UUID, today: date, now: datetime) -> None:
    """The record stands as the family's entries up to ``today`` say."""
    for table in APPLIED:
        await session.execute(
            update(table)
            .where(table.family_id == family_id, table.applied_at.is_(None), table.effective_from <= today)
            .values(applied_at=now)
        )


async def due(
    session: AsyncSession, now: datetime, *, family_id: UUID | None = None, limit: int
) -> Sequence[tuple[UUID, UUID]]:
    """The communes and families (or that one) with an entry not applied whose day has come in the commune."""
    today = func.date(func.timezone(Commune.time_zone, now))
    waiting = [
        select(table.commune_id, table.family_id)
        .join(Commune, Commune.commune_id == table.commune_id)
        .where(table.applied_at.is_(None), table.effective_from <= today)
        .where(table.family_id == family_id if family_id is not None else table.family_id.is_not(None))
        for table in APPLIED
    ]
    found = await session.execute(union(*waiting).limit(limit))
    return [(row.commune_id, row.family_id) for row in found]
