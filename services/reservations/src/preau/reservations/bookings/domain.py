"""The life of a booking: one transition table, and what each status means for a place."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from preau.contracts.reservations import BookingFacts, BookingStatus, PaymentMode

TRANSITIONS: Mapping[BookingStatus, frozenset[BookingStatus]] = {
    "requested": frozenset({"confirmed", "awaiting_payment", "refused", "cancelled"}),
    "awaiting_payment": frozenset({"confirmed", "expired"}),
    "waitlisted": frozenset({"requested", "awaiting_payment", "confirmed", "refused", "cancelled"}),
    "confirmed": frozenset(
        {"cancel_requested", "cancelled", "attended", "absent_justified", "absent_unjustified"}
    ),
    "cancel_requested": frozenset({"cancelled", "confirmed"}),
    "attended": frozenset({"absent_justified", "absent_unjustified"}),
    "absent_justified": frozenset({"attended", "absent_unjustified"}),
    "absent_unjustified": frozenset({"attended", "absent_justified"}),
    "cancelled": frozenset(),
    "refused": frozenset(),
    "expired": frozenset(),
}
"""What a booking may become; attendance may be corrected."""

FIRST: frozenset[BookingStatus] = frozenset({"requested", "awaiting_payment", "confirmed", "waitlisted"})
"""What a line of a basket may become."""

ENDED: frozenset[BookingStatus] = frozenset({"cancelled", "refused", "expired"})
ACTIVE: frozenset[BookingStatus] = frozenset(TRANSITIONS) - ENDED
"""At most one active booking a child, activity and date."""

TAKES_PLACE: frozenset[BookingStatus] = ACTIVE - {"waitlisted"}
"""Each booking in one of these is counted in its slot's ``used``."""


class IllegalTransition(ValueError):
    """A booking cannot become this from what it is."""


def check_transition(current: BookingStatus, to: BookingStatus) -> None:
    """Raise :class:`IllegalTransition` unless ``current`` may become ``to``."""
    if to not in TRANSITIONS[current]:
        raise IllegalTransition(f"{current} → {to}")


def sources(to: BookingStatus) -> frozenset[BookingStatus]:
    """The statuses from which a booking may become ``to``."""
    return frozenset(status for status, targets in TRANSITIONS.items() if to in targets)


def frees_place(current: BookingStatus, to: BookingStatus) -> bool:
    """Whether the move gives a place back to the slot."""
    return current in TAKES_PLACE and to not in TAKES_PLACE


@dataclass(frozen=True, slots=True)
class Booking:
    """One booking as it stands."""

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

    def facts(self) -> BookingFacts:
        """What the other services are told."""
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
