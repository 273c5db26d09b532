"""SQL of charges."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from preau.billing.charges.domain import BILLABLE, GIVEN_BACK
from preau.billing.charges.tables import Charge
from preau.contracts.reservations import BookingFacts

UNITS_DUE = """CASE WHEN c.status = ANY (CAST(:billable AS text[])) THEN c.units - c.invoiced_units
    WHEN c.status = ANY (CAST(:given_back AS text[])) THEN -c.invoiced_units ELSE 0 END"""
"""`domain.units_due` in SQL, of a charge ``c``, with the parameters `STATUSES`."""
STATUSES: Mapping[str, list[str]] = {"billable": sorted(BILLABLE), "given_back": sorted(GIVEN_BACK)}


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


async def keep_attendance(
    session: AsyncSession, commune_id: UUID, booking: BookingFacts, *, units: int
) -> None:
    """Like `keep`, with the units that attendance counted: also if the booking's state came first."""
    statement = insert(Charge).values(_values(commune_id, booking) | {"units": units})
    await session.execute(
        statement.on_conflict_do_update(
            index_elements=[Charge.booking_id],
            set_=_changed(statement.excluded) | {"units": statement.excluded.units},
            where=Charge.booking_version <= statement.excluded.booking_version,
        )
    )


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
    return copied | {"commune_id": commune_id, "units": 1, "invoiced_units": 0, "invoiced_cents": 0}


def _changed(excluded: Any) -> dict[str, Any]:
    return {name: getattr(excluded, name) for name in _COPIED} | {"updated_at": func.now()}
