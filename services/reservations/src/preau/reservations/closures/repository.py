"""Closures, the bookings that they free and how far that has come, in the database."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from preau.contracts.reservations import BookingStatus
from preau.reservations.bookings.domain import Booking
from preau.reservations.bookings.lifecycle import BOOKING, MARKED
from preau.reservations.bookings.repository import COLUMNS, to_booking
from preau.reservations.bookings.tables import BookingRow
from preau.reservations.calendars.domain import Closure
from preau.reservations.calendars.tables import ClosureRow
from preau.reservations.catalogue.tables import ActivityRow, Site
from preau.reservations.closures.domain import Concerned, Pending
from preau.reservations.closures.tables import ClosureApplication

FREED = BOOKING.before("close_day")
"""The bookings that a closure ends."""


class ClosureRecord(NamedTuple):
    """A closure with what it frees; without an application, it frees nothing."""

    row: ClosureRow
    application: ClosureApplication | None


async def closures(session: AsyncSession, since: date) -> list[ClosureRecord]:
    """What the agents of the commune entered, from ``since`` on."""
    rows = await session.execute(
        select(ClosureRow, ClosureApplication)
        .outerjoin(ClosureApplication, ClosureApplication.closure_id == ClosureRow.closure_id)
        .where(ClosureRow.last_day >= since)
        .order_by(ClosureRow.first_day, ClosureRow.closure_id)
    )
    return [ClosureRecord(row, application) for row, application in rows]


async def is_known(session: AsyncSession, values: Mapping[str, object]) -> bool:
    """Whether the same days are entered, for the same site and with the same words."""
    same = [getattr(ClosureRow, name).is_not_distinct_from(value) for name, value in values.items()]
    return await session.scalar(select(ClosureRow.closure_id).where(*same).limit(1)) is not None


async def add(session: AsyncSession, values: Mapping[str, object]) -> None:
    """Enter days."""
    await session.execute(insert(ClosureRow).values(**values))


async def add_application(
    session: AsyncSession, closure_id: UUID, commune_id: UUID, concerned: Concerned
) -> None:
    """Let what the closure frees be freed."""
    await session.execute(
        insert(ClosureApplication).values(
            closure_id=closure_id,
            commune_id=commune_id,
            bookings=concerned.bookings,
            families=concerned.families,
        )
    )


async def remove(session: AsyncSession, closure_id: UUID) -> bool:
    """Take days back; False when they are unknown."""
    gone = await session.execute(
        delete(ClosureRow).where(ClosureRow.closure_id == closure_id).returning(ClosureRow.closure_id)
    )
    return gone.first() is not None


async def is_pending(session: AsyncSession, closure_id: UUID) -> bool:
    """Whether bookings are still being freed, once who frees them at this moment has ended."""
    query = select(ClosureApplication.applied_at).where(ClosureApplication.closure_id == closure_id)
    row = (await session.execute(query.with_for_update())).one_or_none()
    return row is not None and row.applied_at is None


async def every_pending(session: AsyncSession) -> list[tuple[UUID, UUID]]:
    """The closures of all communes whose bookings are being freed, as (commune, closure)."""
    rows = await session.execute(
        select(ClosureApplication.commune_id, ClosureApplication.closure_id)
        .where(ClosureApplication.applied_at.is_(None))
        .order_by(ClosureApplication.closure_id)
    )
    return [(row.commune_id, row.closure_id) for row in rows]


async def lock_pending(session: AsyncSession, closure_id: UUID) -> Pending | None:
    """A closure whose bookings are being freed, locked; None when that is over or somebody else is at it."""
    row = (
        await session.execute(
            select(
                ClosureApplication.closure_id,
                ClosureApplication.commune_id,
                ClosureRow.first_day,
                ClosureRow.last_day,
                ClosureRow.label,
                ClosureRow.site_id,
                func.coalesce(Site.label, "").label("site_label"),
                ClosureApplication.told_up_to,
            )
            .join(ClosureRow, ClosureRow.closure_id == ClosureApplication.closure_id)
            .outerjoin(Site, Site.site_id == ClosureRow.site_id)
            .where(ClosureApplication.closure_id == closure_id, ClosureApplication.applied_at.is_(None))
            .with_for_update(of=ClosureApplication, skip_locked=True)
        )
    ).one_or_none()
    if row is None:
        return None
    closure = Closure(row.first_day, row.last_day, row.label, row.site_id)
    return Pending(row.closure_id, row.commune_id, closure, row.site_label, row.told_up_to)


async def concerned(session: AsyncSession, closure: Closure) -> Concerned:
    """What a closure frees, as it is now."""
    is_freed = BookingRow.status.in_(FREED)
    row = (
        await session.execute(
            select(
                func.count().filter(is_freed),
                func.count(BookingRow.family_id.distinct()).filter(is_freed),
                func.count().filter(~is_freed),
            )
            .select_from(BookingRow)
            .join(ActivityRow, ActivityRow.activity_id == BookingRow.activity_id)
            .where(*_within(closure, FREED | MARKED))
        )
    ).one()
    return Concerned(*row)


def _within(closure: Closure, statuses: Collection[BookingStatus]) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [
        BookingRow.service_date.between(closure.first_day, closure.last_day),
        BookingRow.status.in_(statuses),
    ]
    return conditions if closure.site_id is None else [*conditions, ActivityRow.site_id == closure.site_id]


async def to_free(session: AsyncSession, closure: Closure, limit: int) -> list[Booking]:
    """Some of the bookings that the closure is to free."""
    rows = await session.execute(
        select(*COLUMNS)
        .join(ActivityRow, ActivityRow.activity_id == BookingRow.activity_id)
        .where(*_within(closure, FREED))
        .order_by(BookingRow.booking_id)
        .limit(limit)
    )
    return [to_booking(row) for row in rows.mappings()]


async def families_to_tell(
    session: AsyncSession, closure_id: UUID, after: UUID | None, limit: int
) -> list[UUID]:
    """The next families of which the closure freed a booking."""
    query = select(BookingRow.family_id).where(BookingRow.closure_id == closure_id)
    if after is not None:
        query = query.where(BookingRow.family_id > after)
    return list(await session.scalars(query.distinct().order_by(BookingRow.family_id).limit(limit)))


async def freed(session: AsyncSession, closure_id: UUID, family_ids: Sequence[UUID]) -> list[Booking]:
    """What the closure freed of these families, by family and day."""
    rows = await session.execute(
        select(*COLUMNS)
        .where(BookingRow.closure_id == closure_id, BookingRow.family_id.in_(family_ids))
        .order_by(BookingRow.family_id, BookingRow.service_date, BookingRow.booking_id)
    )
    return [to_booking(row) for row in rows.mappings()]


async def note_told(session: AsyncSession, closure_id: UUID, family_id: UUID) -> None:
    """Note the last family told."""
    await session.execute(
        update(ClosureApplication)
        .where(ClosureApplication.closure_id == closure_id)
        .values(told_up_to=family_id)
    )


async def finish(session: AsyncSession, closure_id: UUID) -> None:
    """All is freed and told: note how much it came to."""
    counts = select(func.count(), func.count(BookingRow.family_id.distinct())).where(
        BookingRow.closure_id == closure_id
    )
    bookings, families = (await session.execute(counts)).one()
    await session.execute(
        update(ClosureApplication)
        .where(ClosureApplication.closure_id == closure_id)
        .values(bookings=bookings, families=families, applied_at=func.clock_timestamp())
    )
