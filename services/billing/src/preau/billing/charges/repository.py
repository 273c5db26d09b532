"""SQL of charges."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, func, select, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from preau.billing.charges.domain import BILLABLE
from preau.billing.charges.tables import Charge
from preau.billing.tariffs.months import months_with
from preau.billing.tariffs.occasions import Occasion
from preau.contracts.reservations import AttendanceRecordedV1, BookingFacts

_BOOKED = (
    select(Charge.child_id, Charge.activity_id, Charge.service_date)
    .where(Charge.family_id == bindparam("family_id"), Charge.status.in_(sorted(BILLABLE)))
    .order_by(Charge.booking_id)
)


async def booked(session: AsyncSession, family_id: UUID, days: Collection[date]) -> list[Occasion]:
    """What the family has booked in the months of the days."""
    first, after = months_with(days)
    of_months = _BOOKED.where(Charge.service_date >= first, Charge.service_date < after)
    return [Occasion(*row) for row in await session.execute(of_months, {"family_id": family_id})]


async def keep(session: AsyncSession, commune_id: UUID, bookings: Sequence[BookingFacts]) -> None:
    """Insert or update charges as the bookings stand; an older version than ours is ignored.

    Rows are locked in the order of their ids, so that two messages never wait for each other.
    """
    newest = {booking.booking_id: booking for booking in sorted(bookings, key=lambda b: b.booking_version)}
    if not newest:
        return
    statement = insert(Charge).values(
        [_values(commune_id, newest[booking_id]) for booking_id in sorted(newest)]
    )
    await session.execute(
        statement.on_conflict_do_update(
            index_elements=[Charge.booking_id],
            set_=_changed(statement.excluded),
            where=Charge.booking_version < statement.excluded.booking_version,
        )
    )


async def keep_attendance(session: AsyncSession, event: AttendanceRecordedV1) -> None:
    """Like `keep`, with what attendance counted: also if the booking's state came first."""
    counted = {
        "units": max(event.units, 0),
        "present": event.present,
        "arrived_at": event.arrived_at,
        "left_at": event.left_at,
    }
    statement = insert(Charge).values(_values(event.commune_id, event.booking) | counted)
    recorded = {name: statement.excluded[name] for name in counted}
    known = tuple_(*(getattr(Charge, name) for name in counted))
    differs = known.is_distinct_from(tuple_(*recorded.values()))
    await session.execute(
        statement.on_conflict_do_update(
            index_elements=[Charge.booking_id],
            set_=_changed(statement.excluded) | recorded,
            where=(Charge.booking_version < statement.excluded.booking_version)
            | (Charge.booking_version == statement.excluded.booking_version) & differs,
        )
    )


async def among(session: AsyncSession, booking_ids: Sequence[UUID], statuses: Collection[str]) -> list[UUID]:
    """Those of the bookings that stand so now, as far as we have heard."""
    found = await session.scalars(
        select(Charge.booking_id).where(Charge.booking_id.in_(booking_ids), Charge.status.in_(statuses))
    )
    return list(found)


_COPIED = (
    "booking_version",
    "family_id",
    "child_id",
    "activity_id",
    "service_date",
    "status",
    "payment_mode",
)
"""What a charge copies of its booking."""


def _values(commune_id: UUID, booking: BookingFacts) -> dict[str, Any]:
    copied = booking.model_dump(include={"booking_id", *_COPIED})
    return copied | {"commune_id": commune_id, "units": 1}


def _changed(excluded: Any) -> dict[str, Any]:
    changed = {name: getattr(excluded, name) for name in _COPIED}
    return changed | {"updated_at": func.now(), "revision": Charge.revision + 1}
