"""Keeping charges by the events of reservations, and who pays them by those of identity."""

from sqlalchemy.ext.asyncio import AsyncSession

from preau.billing.charges import repository
from preau.billing.custody import repository as custodies
from preau.billing.custody.domain import Terms
from preau.billing.tariffs.period_repository import is_current
from preau.contracts.identity import FamilyUpdatedV1
from preau.contracts.reservations import (
    AttendanceRecordedV1,
    BookingChangedV1,
    OrderClosedV1,
    OrderPlacedV1,
)


async def keep_order(session: AsyncSession, event: OrderPlacedV1) -> None:
    await repository.keep(session, event.commune_id, (*event.bookings, *event.cancellations))


async def keep_closed_order(session: AsyncSession, event: OrderClosedV1) -> None:
    await repository.keep(session, event.commune_id, event.bookings)


async def keep_booking(session: AsyncSession, event: BookingChangedV1) -> None:
    await repository.keep(session, event.commune_id, [event.booking])


async def keep_attendance(session: AsyncSession, event: AttendanceRecordedV1) -> None:
    await repository.keep_attendance(session, event)


async def keep_custodies(session: AsyncSession, event: FamilyUpdatedV1) -> None:
    """Keep the custodies of the family's children, and have what changed paid by whom they name.

    What was billed otherwise before is a matter of a complement: it shows what moved, and why. Those of a
    record that a later one came before stay.
    """
    if not await is_current(session, event.aggregate_id, event.aggregate_version):
        return
    before = await custodies.of_family(session, event.aggregate_id)
    told = {child.child_id: Terms(event.aggregate_id, child.custodies) for child in event.children}
    none = Terms(event.aggregate_id, ())
    changed = {
        child_id: told.get(child_id, none)
        for child_id in told.keys() | before.keys()
        if told.get(child_id, none) != before.get(child_id, none)
    }
    if changed:
        await custodies.replace(session, event.commune_id, changed)
        may_have_booked = {
            family_id
            for child_id, terms in changed.items()
            for family_id in terms.families() | before.get(child_id, none).families()
        }
        await repository.share_anew(session, changed, may_have_booked)
