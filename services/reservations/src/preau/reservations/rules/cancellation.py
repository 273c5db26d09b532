"""The rules of cancellation, in the order in which a parent should hear of them."""

from datetime import datetime

from preau.contracts.reservations import BookingStatus
from preau.reservations.bookings.refusals import Refusal
from preau.reservations.deadlines.cut_offs import NEVER_OPEN, cut_off
from preau.reservations.rules.domain import Attempt, Rule
from preau.wording.dates import dated_moment

_WHY_NOT: dict[BookingStatus, str] = {
    "awaiting_payment": "Le paiement de cette réservation est en cours.",
    "cancel_requested": "L’annulation est déjà demandée.",
    "attended": "La présence est déjà pointée.",
    "absent_justified": "L’absence est déjà pointée.",
    "absent_unjustified": "L’absence est déjà pointée.",
}


def is_booked(attempt: Attempt) -> Refusal | None:
    """There is something to cancel."""
    if attempt.booking is not None:
        return None
    return Refusal("not-booked", "Aucune réservation à cette date.", override_by="nobody")


def may_be_cancelled(attempt: Attempt) -> Refusal | None:
    """The booking is in a status that a parent may end."""
    reason = attempt.booking and _WHY_NOT.get(attempt.booking.status)
    return Refusal("not-cancellable", reason) if reason else None


def not_past(attempt: Attempt) -> Refusal | None:
    """What is past is corrected by agents only."""
    if attempt.day >= attempt.calendar.today(attempt.now):
        return None
    limit = cancellation_cut_off(attempt)
    return Refusal("past", "Cette date est passée.", cut_off=None if limit == NEVER_OPEN else limit)


def cancellation_cut_off(attempt: Attempt) -> datetime:
    """The first instant at which it is too late to cancel."""
    activity = attempt.activity
    calendar = attempt.calendar.with_class_on(activity.class_weekdays)
    return cut_off(
        activity.cancellation_deadline, attempt.day, calendar, lambda day: activity.is_served(day, calendar)
    )


def enough_notice(attempt: Attempt) -> Refusal | None:
    """The cancellation deadline has not passed; an unanswered request may be withdrawn at any time."""
    if attempt.booking is not None and attempt.booking.status == "requested":
        return None
    limit = cancellation_cut_off(attempt)
    if attempt.now < limit:
        return None
    if limit == NEVER_OPEN:
        return Refusal("not-cancellable", "Cette réservation ne peut pas être annulée.")
    when = dated_moment(limit, attempt.calendar.zone)
    return Refusal("cancellation-deadline", f"Il fallait annuler avant le {when}.", cut_off=limit)


CANCELLATION_RULES: tuple[Rule, ...] = (is_booked, may_be_cancelled, not_past, enough_notice)
