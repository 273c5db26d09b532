"""A booking, the wish for one, and what is written of it."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import product
from typing import Any, Literal
from uuid import UUID

from preau.contracts.reservations import BookingFacts, BookingStatus, PaymentMode
from preau.reservations.bookings.lifecycle import BOOKING, BookingAct
from preau.reservations.catalogue.domain import Activity

BookingKey = tuple[UUID, UUID, date]
"""A child, an activity and a day."""

Action = Literal["book", "cancel"]


@dataclass(frozen=True, slots=True)
class Wish:
    """What a parent or an agent wants: to book or to cancel a day."""

    child_id: UUID
    activity_id: UUID
    day: date
    action: Action

    @property
    def key(self) -> BookingKey:
        return self.child_id, self.activity_id, self.day


@dataclass(frozen=True, slots=True)
class Booking:
    """One booking as it stands; ``message`` says to its family why, where an agent or a closure decided."""

    booking_id: UUID
    commune_id: UUID
    family_id: UUID
    child_id: UUID
    activity_id: UUID
    service_date: date
    status: BookingStatus
    version: int
    payment_mode: PaymentMode
    slot_id: UUID
    activity_label: str
    order_id: UUID | None = None
    decided_by_agent: bool = False
    message: str = ""

    @property
    def key(self) -> BookingKey:
        return self.child_id, self.activity_id, self.service_date

    def facts(self) -> BookingFacts:
        """What is published of it."""
        return BookingFacts(
            booking_id=self.booking_id,
            booking_version=self.version,
            family_id=self.family_id,
            child_id=self.child_id,
            activity_id=self.activity_id,
            activity_label=self.activity_label,
            service_date=self.service_date,
            status=self.status,
            payment_mode=self.payment_mode,
        )


@dataclass(frozen=True, slots=True)
class Draft:
    """A booking to be written; without ``slot_id`` its slot may have to be made."""

    family_id: UUID
    child_id: UUID
    activity: Activity
    day: date
    status: BookingStatus
    payment_mode: PaymentMode
    slot_id: UUID | None
    order_id: UUID | None = None
    decided_by_agent: bool = False
    message: str = ""

    @property
    def key(self) -> BookingKey:
        return self.child_id, self.activity.activity_id, self.day

    def booking(self, booking_id: UUID, commune_id: UUID, slot_id: UUID) -> Booking:
        """The booking once it is written."""
        return Booking(
            booking_id=booking_id,
            commune_id=commune_id,
            family_id=self.family_id,
            child_id=self.child_id,
            activity_id=self.activity.activity_id,
            service_date=self.day,
            status=self.status,
            version=1,
            payment_mode=self.payment_mode,
            slot_id=slot_id,
            activity_label=self.activity.label,
            order_id=self.order_id,
            decided_by_agent=self.decided_by_agent,
            message=self.message,
        )


@dataclass(frozen=True, slots=True)
class Move:
    """Bookings that do one act; those whose status does not allow it are left as they are.

    ``only_from`` narrows the statuses that the lifecycle allows; with ``version`` a booking that has changed
    since is left as well. ``closure_id`` is kept as what ended them.
    """

    booking_ids: Collection[UUID]
    act: BookingAct
    only_from: Collection[BookingStatus] | None = None
    version: int | None = None
    by_agent: bool = False
    message: str | None = None
    closure_id: UUID | None = None

    def sources(self) -> list[BookingStatus]:
        """The statuses in which a booking may do it."""
        allowed = BOOKING.before(self.act)
        return sorted(allowed if self.only_from is None else allowed & frozenset(self.only_from))

    def rows(self) -> Iterator[dict[str, Any]]:
        """What becomes of each booking in each of those statuses."""
        for booking_id, was in product(self.booking_ids, self.sources()):
            yield {
                "booking_id": booking_id,
                "was": was,
                "becomes": BOOKING.move(was, self.act),
                "version": self.version,
                "by_agent": self.by_agent,
                "message": self.message,
                "closure_id": self.closure_id,
            }


def booking_turn(commune_id: UUID) -> str:
    """The turn that closing days takes: who makes bookings comes before it, and then sees the calendar."""
    return f"bookings/{commune_id}"


def by_day(bookings: Iterable[Booking]) -> list[Booking]:
    """Bookings as people read them."""
    return sorted(bookings, key=lambda one: (one.service_date, one.child_id, one.activity_id))
