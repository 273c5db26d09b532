"""Names for the ids that bookings carry."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import date

from preau.gateway.api.models.reservations import BookingOut
from preau.gateway.pages.parents.context import ParentContext
from preau.gateway.pages.parents.labels import BOOKING


@dataclass(frozen=True, slots=True)
class NamedBooking:
    """A booking as a list shows it."""

    booking_id: str
    order_id: str | None
    date: date
    status: str
    payment_mode: str
    child_id: str
    activity_id: str
    child_name: str
    activity_label: str
    site_label: str
    message: str = ""

    @property
    def status_words(self) -> str:
        return BOOKING[self.status][0]

    @property
    def tone(self) -> str:
        return BOOKING[self.status][1]

    @property
    def symbol(self) -> str:
        return BOOKING[self.status][2]


async def named_bookings(parent: ParentContext, bookings: list[BookingOut]) -> list[NamedBooking]:
    """The bookings by date, with the names of the child, the activity and the site."""
    if not bookings:
        return []
    record, offer = await asyncio.gather(parent.record(), parent.reservations.offer())
    children = {each.child_id: each.first_name for each in record.children}
    activities = {
        activity.activity_id: (activity.label, site.label)
        for site in offer.items
        for activity in site.activities
    }
    named: list[NamedBooking] = []
    for booking in sorted(bookings, key=lambda each: (each.date, each.child_id, each.activity_id)):
        label, site_label = activities.get(booking.activity_id, ("Prestation", ""))
        named.append(
            NamedBooking(
                booking_id=booking.booking_id,
                order_id=booking.order_id,
                date=booking.date,
                status=booking.status,
                payment_mode=booking.payment_mode,
                child_id=booking.child_id,
                activity_id=booking.activity_id,
                child_name=children.get(booking.child_id, "Enfant"),
                activity_label=label,
                site_label=site_label,
                message=booking.message,
            )
        )
    return named
