"""Bookings: written when an order is placed, moved by one guarded statement."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import RowMapping, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from preau.contracts.reservations import BookingStatus
from preau.reservations.activities.tables import ActivityRow
from preau.reservations.bookings.domain import ACTIVE, Booking, sources
from preau.reservations.bookings.tables import BookingRow
from preau.reservations.copies.tables import ChildCopy, FamilyCopy
from preau.reservations.sites.tables import Site

BookingKey = tuple[UUID, UUID, date]
"""A child, an activity and a day."""

_COLUMNS = (
    BookingRow.booking_id,
    BookingRow.commune_id,
    BookingRow.family_id,
    BookingRow.child_id,
    BookingRow.activity_id,
    BookingRow.service_date,
    BookingRow.status,
    BookingRow.version,
    BookingRow.payment_mode,
    BookingRow.slot_id,
    BookingRow.order_id,
    BookingRow.decided_by_agent,
    select(ActivityRow.label)
    .where(ActivityRow.activity_id == BookingRow.activity_id)
    .correlate(BookingRow)
    .scalar_subquery()
    .label("activity_label"),
)
_LABEL = "(SELECT a.label FROM activity a WHERE a.activity_id = b.activity_id) AS activity_label"
_INSERT = text(
    "INSERT INTO booking AS b (booking_id, commune_id, family_id, child_id, activity_id, service_date,"  # noqa: S608 - made of constants
    " slot_id, order_id, status, payment_mode, decided_by_agent, message)"
    " SELECT r.booking_id, r.commune_id, r.family_id, r.child_id, r.activity_id, r.service_date, r.slot_id,"
    " r.order_id, r.status, r.payment_mode, r.decided_by_agent, r.message"
    " FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r(booking_id uuid, commune_id uuid, family_id uuid,"
    " child_id uuid, activity_id uuid, service_date date, slot_id uuid, order_id uuid, status text,"
    " payment_mode text, decided_by_agent boolean, message text)"
    " ORDER BY r.child_id, r.activity_id, r.service_date"
    " ON CONFLICT (child_id, activity_id, service_date)"
    " WHERE status NOT IN ('cancelled', 'refused', 'expired')"
    f" DO NOTHING RETURNING b.*, {_LABEL}"
)
_MOVE = text(
    "WITH held AS (SELECT booking_id, status FROM booking WHERE booking_id = ANY(CAST(:ids AS uuid[]))"  # noqa: S608
    " AND status = ANY(CAST(:sources AS text[])) ORDER BY booking_id FOR NO KEY UPDATE)"
    " UPDATE booking b SET status = :to, version = b.version + 1, changed_at = clock_timestamp(),"
    " decided_by_agent = b.decided_by_agent OR :by_agent,"
    " message = coalesce(CAST(:message AS text), b.message)"
    " FROM held WHERE b.booking_id = held.booking_id RETURNING b.*, held.status AS was,"
    f" {_LABEL}"
)
_TOUCH = text(
    "UPDATE booking b SET version = b.version + 1, changed_at = clock_timestamp()"  # noqa: S608
    " WHERE b.booking_id = ANY(CAST(:ids AS uuid[])) RETURNING b.*,"
    f" {_LABEL}"
)


def _booking(row: RowMapping) -> Booking:
    return Booking(**{name: row[name] for name in Booking.__dataclass_fields__})


async def insert(session: AsyncSession, rows: str) -> list[Booking]:
    """Write bookings given as a JSON array; those whose child is booked already are left out."""
    result = await session.execute(_INSERT, {"rows": rows})
    return [_booking(row) for row in result.mappings()]


async def move(
    session: AsyncSession,
    booking_ids: Collection[UUID],
    to: BookingStatus,
    *,
    only_from: Collection[BookingStatus] | None = None,
    by_agent: bool = False,
    message: str | None = None,
) -> list[tuple[Booking, BookingStatus]]:
    """Move those bookings that may become ``to`` (the transition table); each with what it was.

    Of several transactions that move one booking, one finds it in a status that it may leave.
    """
    allowed = sources(to) if only_from is None else sources(to) & frozenset(only_from)
    result = await session.execute(
        _MOVE,
        {
            "ids": sorted(booking_ids),
            "sources": sorted(allowed),
            "to": to,
            "by_agent": by_agent,
            "message": message,
        },
    )
    return [(_booking(row), row["was"]) for row in result.mappings()]


async def touch(session: AsyncSession, booking_ids: Collection[UUID]) -> list[Booking]:
    """Give bookings a new version without another status: something that hangs on them changed."""
    result = await session.execute(_TOUCH, {"ids": sorted(booking_ids)})
    return [_booking(row) for row in result.mappings()]


async def active_or_last(
    session: AsyncSession,
    child_ids: Collection[UUID],
    activity_ids: Collection[UUID],
    first: date,
    last: date,
) -> dict[BookingKey, Booking]:
    """For each child, activity and day the active booking, else the one that ended last."""
    rows = await session.execute(
        select(*_COLUMNS)
        .where(
            BookingRow.child_id.in_(child_ids),
            BookingRow.activity_id.in_(activity_ids),
            BookingRow.service_date.between(first, last),
        )
        .order_by(BookingRow.status.in_(ACTIVE), BookingRow.booking_id)
    )
    bookings = (_booking(row) for row in rows.mappings())
    return {(one.child_id, one.activity_id, one.service_date): one for one in bookings}


async def of_family(session: AsyncSession, family_id: UUID, first: date, last: date) -> list[Booking]:
    """The bookings of a family in a range of days, by day."""
    rows = await session.execute(
        select(*_COLUMNS)
        .where(BookingRow.family_id == family_id, BookingRow.service_date.between(first, last))
        .order_by(BookingRow.service_date, BookingRow.booking_id)
    )
    return [_booking(row) for row in rows.mappings()]


async def of_order(session: AsyncSession, order_id: UUID) -> list[Booking]:
    """The bookings that an order made, by day."""
    rows = await session.execute(
        select(*_COLUMNS)
        .where(BookingRow.order_id == order_id)
        .order_by(BookingRow.service_date, BookingRow.booking_id)
    )
    return [_booking(row) for row in rows.mappings()]


async def booking(session: AsyncSession, booking_id: UUID, family_id: UUID | None = None) -> Booking | None:
    """One booking of the commune, or of one family."""
    query = select(*_COLUMNS).where(BookingRow.booking_id == booking_id)
    if family_id is not None:
        query = query.where(BookingRow.family_id == family_id)
    row = (await session.execute(query)).mappings().one_or_none()
    return None if row is None else _booking(row)


async def bookings(session: AsyncSession, booking_ids: Collection[UUID]) -> list[Booking]:
    """Those of the named bookings that the commune has."""
    rows = await session.execute(select(*_COLUMNS).where(BookingRow.booking_id.in_(booking_ids)))
    return [_booking(row) for row in rows.mappings()]


class QueuedBooking(NamedTuple):
    """A booking with the names that agents read."""

    booking: Booking
    child_name: str
    family_label: str
    site_label: str
    activity_label: str


async def queue(
    session: AsyncSession,
    *,
    status: BookingStatus | None,
    day: date | None,
    activity_id: UUID | None,
    after: UUID | None,
    limit: int,
) -> Sequence[QueuedBooking]:
    """A page of the commune's bookings in the order in which they were made, one more than ``limit``."""
    query = (
        select(
            *_COLUMNS,
            (ChildCopy.first_name + " " + ChildCopy.last_name).label("child_name"),
            FamilyCopy.label.label("family_label"),
            Site.label.label("site_label"),
        )
        .join(ActivityRow, ActivityRow.activity_id == BookingRow.activity_id)
        .join(Site, Site.site_id == ActivityRow.site_id)
        .outerjoin(FamilyCopy, FamilyCopy.family_id == BookingRow.family_id)
        .outerjoin(
            ChildCopy,
            (ChildCopy.family_id == BookingRow.family_id) & (ChildCopy.child_id == BookingRow.child_id),
        )
        .order_by(BookingRow.booking_id)
        .limit(limit + 1)
    )
    filters: Sequence[tuple[Any, Any]] = (
        (BookingRow.status, status),
        (BookingRow.service_date, day),
        (BookingRow.activity_id, activity_id),
    )
    for column, value in filters:
        if value is not None:
            query = query.where(column == value)
    if after is not None:
        query = query.where(BookingRow.booking_id > after)
    return [
        QueuedBooking(
            _booking(row),
            row["child_name"] or "",
            row["family_label"] or "",
            row["site_label"],
            row["activity_label"],
        )
        for row in (await session.execute(query)).mappings()
    ]
