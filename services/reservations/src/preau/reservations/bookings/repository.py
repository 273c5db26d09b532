"""Bookings: made and moved by one guarded statement."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from pydantic_core import to_json
from sqlalchemy import RowMapping, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from preau.contracts.reservations import BookingStatus
from preau.reservations.bookings.domain import Booking, BookingKey, Move
from preau.reservations.bookings.lifecycle import ACTIVE, BOOKING, TAKES_PLACE
from preau.reservations.bookings.tables import BookingRow
from preau.reservations.catalogue.tables import ActivityRow
from preau.reservations.slots import repository as slots

COLUMNS = (
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
    BookingRow.message,
    select(ActivityRow.label)
    .where(ActivityRow.activity_id == BookingRow.activity_id)
    .correlate(BookingRow)
    .scalar_subquery()
    .label("activity_label"),
)
_LABEL = "(SELECT a.label FROM activity a WHERE a.activity_id = b.activity_id) AS activity_label"
_KEPT = (
    "booking_id, commune_id, family_id, child_id, activity_id, service_date, status, version, payment_mode,"
    " slot_id, order_id, decided_by_agent, message"
)
_MOVED = ", ".join(f"booking.{name}" for name in _KEPT.split(", "))


def _in(statuses: Collection[BookingStatus]) -> str:
    return ", ".join(f"'{status}'" for status in sorted(statuses))


PARTS = (
    "made AS (INSERT INTO booking (booking_id, commune_id, family_id, child_id, activity_id, service_date,"  # noqa: S608 - made of constants
    " slot_id, order_id, status, payment_mode, decided_by_agent, message)"
    " SELECT r.* FROM gate CROSS JOIN LATERAL jsonb_to_recordset(CAST(:drafts AS jsonb)) AS r("
    "booking_id uuid, commune_id uuid, family_id uuid, child_id uuid, activity_id uuid, service_date date,"
    " slot_id uuid,"
    " order_id uuid, status text, payment_mode text, decided_by_agent boolean, message text)"
    " ORDER BY r.child_id, r.activity_id, r.service_date"
    f" ON CONFLICT (child_id, activity_id, service_date) WHERE status NOT IN ({_in(BOOKING.ended)})"
    f" DO NOTHING RETURNING {_KEPT}),"
    " held AS (SELECT booking_id, status, version FROM booking CROSS JOIN gate"
    " WHERE booking_id = ANY(CAST(:moved_ids AS uuid[])) ORDER BY booking_id FOR NO KEY UPDATE OF booking),"
    " moved AS (UPDATE booking SET status = m.becomes, version = booking.version + 1,"
    " changed_at = clock_timestamp(), decided_by_agent = booking.decided_by_agent OR m.by_agent,"
    " message = coalesce(m.message, booking.message),"
    " closure_id = coalesce(m.closure_id, booking.closure_id)"
    " FROM held JOIN jsonb_to_recordset(CAST(:moves AS jsonb)) AS m(booking_id uuid, was text, becomes text,"
    " by_agent boolean, message text, version integer, closure_id uuid) ON m.booking_id = held.booking_id"
    " AND m.was = held.status AND coalesce(m.version, held.version) = held.version"
    " WHERE booking.booking_id = held.booking_id"
    f" RETURNING {_MOVED}, m.was),"
    " counted AS (SELECT slot_id, CAST(sum(n) AS integer) AS n FROM"
    f" (SELECT slot_id, 1 AS n FROM made WHERE status IN ({_in(TAKES_PLACE)})"
    f" UNION ALL SELECT slot_id, -1 FROM moved WHERE was IN ({_in(TAKES_PLACE)})"
    f" AND status NOT IN ({_in(TAKES_PLACE)})) AS each GROUP BY slot_id HAVING sum(n) <> 0),"
    f" {slots.TAKE}"
)
"""Bookings made and moved, then their places taken and given back, as parts of one statement that begins with
a ``gate``: where the gate has no row, nothing is done. The slots come last and in one order, so that a hot
slot is locked for as short as can be. Parameters ``drafts``, ``moved_ids``, ``moves``."""
OUTCOME = "(SELECT slot_id FROM counted EXCEPT SELECT slot_id FROM taken)"
"""The slots that had no room: the caller rolls back if there is any."""
_RECORD = text(
    f"WITH gate AS (SELECT 1), {PARTS}"  # noqa: S608 - made of constants
    f" SELECT b.*, {_LABEL}, b.slot_id IN {OUTCOME} AS is_full,"
    " coalesce((SELECT max(at) FROM taken), clock_timestamp()) AS at"
    " FROM (SELECT made.*, NULL AS was FROM made UNION ALL SELECT * FROM moved) AS b"
)
_TOUCH = text(
    "UPDATE booking b SET version = b.version + 1, changed_at = clock_timestamp()"  # noqa: S608
    " WHERE b.booking_id = ANY(CAST(:ids AS uuid[])) RETURNING b.*,"
    f" {_LABEL}"
)


class Written(NamedTuple):
    """Bookings made, bookings moved, the slots that had no room, and the database's clock once all was ours.

    There is no clock when there was nothing to write or nothing that could move.
    """

    made: list[Booking]
    moved: list[Booking]
    full: frozenset[UUID]
    at: datetime | None


def to_booking(row: RowMapping) -> Booking:
    """A row of :data:`COLUMNS` as a booking."""
    return Booking(**{name: row[name] for name in Booking.__dataclass_fields__})


def parameters(drafts: Sequence[dict[str, Any]], moves: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The parameters of :data:`PARTS`."""
    return {
        "drafts": to_json(drafts).decode(),
        "moved_ids": sorted({move["booking_id"] for move in moves}),
        "moves": to_json(moves).decode(),
    }


async def write(session: AsyncSession, drafts: Sequence[dict[str, Any]], moves: Sequence[Move]) -> Written:
    """Write new bookings and move others, and take and free their places, in one statement.

    A draft whose child is booked already is left out. Of several transactions that move one booking, one
    finds it in a status that it may leave.
    """
    if not drafts and not any(move.booking_ids for move in moves):
        return Written([], [], frozenset(), None)
    moved = [row for move in moves for row in move.rows()]
    rows = (await session.execute(_RECORD, parameters(drafts, moved))).mappings().all()
    return Written(
        made=[to_booking(row) for row in rows if row["was"] is None],
        moved=[to_booking(row) for row in rows if row["was"] is not None],
        full=frozenset(row["slot_id"] for row in rows if row["is_full"]),
        at=max((row["at"] for row in rows), default=None),
    )


async def touch(session: AsyncSession, booking_ids: Collection[UUID]) -> list[Booking]:
    """Give bookings a new version without another status: something that hangs on them changed."""
    result = await session.execute(_TOUCH, {"ids": sorted(booking_ids)})
    return [to_booking(row) for row in result.mappings()]


async def active_or_last(
    session: AsyncSession,
    child_ids: Collection[UUID],
    activity_ids: Collection[UUID],
    first: date,
    last: date,
) -> dict[BookingKey, Booking]:
    """For each child, activity and day the active booking, else the one that ended last."""
    rows = await session.execute(
        select(*COLUMNS)
        .where(
            BookingRow.child_id.in_(child_ids),
            BookingRow.activity_id.in_(activity_ids),
            BookingRow.service_date.between(first, last),
        )
        .order_by(BookingRow.status.in_(ACTIVE), BookingRow.booking_id)
    )
    bookings = (to_booking(row) for row in rows.mappings())
    return {one.key: one for one in bookings}


async def of_family(session: AsyncSession, family_id: UUID, first: date, last: date) -> list[Booking]:
    """The bookings of a family in a range of days, by day."""
    rows = await session.execute(
        select(*COLUMNS)
        .where(BookingRow.family_id == family_id, BookingRow.service_date.between(first, last))
        .order_by(BookingRow.service_date, BookingRow.booking_id)
    )
    return [to_booking(row) for row in rows.mappings()]


async def of_order(session: AsyncSession, order_id: UUID) -> list[Booking]:
    """The bookings that an order made, by day."""
    rows = await session.execute(
        select(*COLUMNS)
        .where(BookingRow.order_id == order_id)
        .order_by(BookingRow.service_date, BookingRow.booking_id)
    )
    return [to_booking(row) for row in rows.mappings()]


async def booking(session: AsyncSession, booking_id: UUID, family_id: UUID | None = None) -> Booking | None:
    """One booking of the commune, or of one family."""
    query = select(*COLUMNS).where(BookingRow.booking_id == booking_id)
    if family_id is not None:
        query = query.where(BookingRow.family_id == family_id)
    row = (await session.execute(query)).mappings().one_or_none()
    return None if row is None else to_booking(row)


async def bookings(session: AsyncSession, booking_ids: Collection[UUID]) -> list[Booking]:
    """Those of the named bookings that the commune has."""
    rows = await session.execute(select(*COLUMNS).where(BookingRow.booking_id.in_(booking_ids)))
    return [to_booking(row) for row in rows.mappings()]
