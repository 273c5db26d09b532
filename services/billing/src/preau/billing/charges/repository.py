"""SQL of charges."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, func, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from preau.billing.charges.domain import BILLABLE
from preau.billing.charges.shares import charges_of
from preau.billing.charges.tables import Charge
from preau.billing.custody import repository as custodies
from preau.billing.custody.domain import Terms
from preau.billing.tariffs.months import months_with
from preau.billing.tariffs.occasions import Occasion
from preau.contracts.reservations import AttendanceRecordedV1, BookingFacts

IS_BILLABLE = "c.status = ANY (CAST(:billable AS text[])) AND c.payer_percent > 0"
"""Whether a charge ``c`` asks its family for something."""
STANDING = "CASE WHEN c.payer_percent = 0 THEN 'elsewhere' ELSE c.status END"
"""Where a charge ``c`` stands for its family: a `ChargeStatus`."""
_BOOKED = (
    select(Charge.child_id, Charge.activity_id, Charge.service_date)
    .where(
        Charge.family_id == bindparam("family_id"),
        Charge.status.in_(sorted(BILLABLE)),
        Charge.payer_percent > 0,
    )
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
        await _shared(session, [_values(commune_id, booking) for booking in newest.values()])
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
    own = _values(event.commune_id, event.booking) | counted
    statement = insert(Charge).values(await _shared(session, [own]))
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


async def _shared(session: AsyncSession, own: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The charges of bookings by the custodies of their children, which stand until the transaction ends."""
    return charges_of(own, await custodies.terms_held(session, {each["child_id"] for each in own}))


async def share_anew(
    session: AsyncSession, terms: Mapping[UUID, Terms], family_ids: Collection[UUID]
) -> None:
    """Have the charges of children paid by their custodies, which we just wrote.

    ``family_ids`` are all that may have booked for them. The charge of a family that paid once, and does
    again, missed what happened in between: it takes all of the booking's own.
    """
    own = select(Charge).where(
        Charge.child_id.in_(terms), Charge.family_id.in_(family_ids), Charge.shared_booking_id.is_(None)
    )
    known = [{name: getattr(each, name) for name in _OWN} for each in await session.scalars(own)]
    charges = charges_of(known, terms)
    for at in range(0, len(charges), _AT_ONCE):
        statement = insert(Charge).values(charges[at : at + _AT_ONCE])
        told = {name: statement.excluded[name] for name in (*_COPIED, *_COUNTED, "payer_percent")}
        known_now = tuple_(*(getattr(Charge, name) for name in told))
        await session.execute(
            statement.on_conflict_do_update(
                index_elements=[Charge.booking_id],
                set_=_changed(statement.excluded) | told,
                where=known_now.is_distinct_from(tuple_(*told.values())),
            )
        )
    for child_id, each in terms.items():
        await session.execute(
            update(Charge)
            .where(
                Charge.child_id == child_id,
                Charge.shared_booking_id.is_not(None),
                Charge.family_id.not_in(each.families()),
                Charge.payer_percent > 0,
            )
            .values(payer_percent=0, updated_at=func.now(), revision=Charge.revision + 1)
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
_COUNTED = ("units", "present", "arrived_at", "left_at")
"""What attendance counts."""
_OWN = ("booking_id", "commune_id", *_COPIED, *_COUNTED)
"""What the charges of a booking have in common with the own one."""
_AT_ONCE = 1000
"""Rows of a statement: it takes no more than 32,767 parameters."""


def _values(commune_id: UUID, booking: BookingFacts) -> dict[str, Any]:
    copied = booking.model_dump(include={"booking_id", *_COPIED})
    return copied | {"commune_id": commune_id, "units": 1}


def _changed(excluded: Any) -> dict[str, Any]:
    changed = {name: getattr(excluded, name) for name in (*_COPIED, "payer_percent")}
    return changed | {"updated_at": func.now(), "revision": Charge.revision + 1}
