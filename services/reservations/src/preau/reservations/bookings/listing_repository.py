"""SQL of the agents' list of bookings: its filters and orders."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from preau.common.db.filters import between, contains_words, equal
from preau.common.db.keyset import Keyset, PageRequest
from preau.reservations.bookings.domain import Booking
from preau.reservations.bookings.filters import BookingFilters
from preau.reservations.bookings.repository import COLUMNS, to_booking
from preau.reservations.bookings.tables import BookingRow
from preau.reservations.catalogue.tables import ActivityRow, Site
from preau.reservations.copies.tables import ChildCopy, FamilyCopy

BOOKINGS = Keyset(
    BookingRow.booking_id,
    default="made",
    keys={"made": BookingRow.booking_id, "date": BookingRow.service_date, "family": FamilyCopy.label_key},
    nullable=("family",),
)


class ListedBooking(NamedTuple):
    """A booking with the names that agents read."""

    booking: Booking
    created_at: datetime
    child_name: str
    family_label: str
    site_label: str
    activity_label: str


_BOOKINGS = (
    select(
        *COLUMNS,
        BookingRow.created_at,
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
)


async def listed(
    session: AsyncSession, asked: PageRequest, filters: BookingFilters
) -> tuple[list[ListedBooking], str | None]:
    """A page of the commune's bookings, with the cursor of the next one."""
    rows, next_cursor = await BOOKINGS.page(session, _BOOKINGS.where(*_conditions(filters)), asked)
    return [
        ListedBooking(
            to_booking(row),
            row["created_at"],
            row["child_name"] or "",
            row["family_label"] or "",
            row["site_label"],
            row["activity_label"],
        )
        for row in (each._mapping for each in rows)  # pyright: ignore[reportPrivateUsage] - SQLAlchemy's own name
    ], next_cursor


def _conditions(filters: BookingFilters) -> list[ColumnElement[bool]]:
    conditions = equal(
        (BookingRow.status, filters.status),
        (BookingRow.activity_id, filters.activity_id),
        (BookingRow.family_id, filters.family_id),
        (BookingRow.child_id, filters.child_id),
    )
    if filters.q:
        conditions.append(
            or_(
                and_(*contains_words(ChildCopy.name_key, filters.q)),
                and_(*contains_words(FamilyCopy.label_key, filters.q)),
            )
        )
    return conditions + between(BookingRow.service_date, filters.date_from, filters.date_to)
