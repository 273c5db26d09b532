"""The rules of booking, in the order in which a parent should hear of them."""

from datetime import datetime

from preau.reservations.bookings.refusals import Refusal
from preau.reservations.deadlines.cut_offs import NEVER_OPEN, cut_off, opening
from preau.reservations.rules.domain import Attempt, Rule
from preau.wording.amounts import euros
from preau.wording.dates import WEEKDAYS, dated_moment, weekday_date


def family_is_active(attempt: Attempt) -> Refusal | None:
    """A closed record books nothing."""
    if attempt.family_is_active:
        return None
    return Refusal("family-closed", "Le dossier de votre famille est clos.")


def no_debt(attempt: Attempt) -> Refusal | None:
    """Nothing is owed that the commune no longer waits for."""
    if not attempt.debt_cents:
        return None
    reason = (
        f"Les nouvelles réservations en ligne sont suspendues : {euros(attempt.debt_cents)} restent dus"
        " à la commune. Réglez-les dans « Mes factures » ou voyez avec elle."
    )
    return Refusal("debt", reason)


def activity_is_active(attempt: Attempt) -> Refusal | None:
    """A closed activity takes no bookings."""
    if attempt.activity.status == "active":
        return None
    return Refusal("activity-closed", "Cette prestation n’est plus proposée.", override_by="nobody")


def in_season(attempt: Attempt) -> Refusal | None:
    """The day lies between opening and closing of the activity."""
    activity = attempt.activity
    if activity.in_season(attempt.day):
        return None
    if activity.closes_on is not None and attempt.day > activity.closes_on:
        reason = f"Cette prestation s’arrête le {weekday_date(activity.closes_on)}."
    elif activity.opens_on is not None:
        reason = f"Cette prestation ouvre le {weekday_date(activity.opens_on)}."
    else:
        return None
    return Refusal("out-of-season", reason, override_by="nobody")


def no_public_holiday(attempt: Attempt) -> Refusal | None:
    """Nothing is served on a public holiday."""
    name = attempt.calendar.public_holiday(attempt.day)
    if name is None:
        return None
    return Refusal("public-holiday", f"Jour férié : {name}.", override_by="nobody")


def no_closure(attempt: Attempt) -> Refusal | None:
    """Agents have not closed the site on that day."""
    closure = attempt.calendar.closure(attempt.day, attempt.activity.site_id)
    if closure is None:
        return None
    return Refusal("closure", closure.reason, override_by="nobody")


def open_in_holidays(attempt: Attempt) -> Refusal | None:
    """The activity is open in school time, in the holidays, or in both."""
    if attempt.activity.keeps_holidays(attempt.day, attempt.calendar):
        return None
    name = attempt.calendar.school_holiday(attempt.day)
    if name is None:
        return Refusal("school-time", "Ouvert seulement pendant les vacances.", override_by="nobody")
    return Refusal("school-holidays", f"Fermé pendant les vacances scolaires ({name}).", override_by="nobody")


def serves_weekday(attempt: Attempt) -> Refusal | None:
    """The activity takes place on that weekday."""
    if attempt.activity.serves_weekday(attempt.day, attempt.calendar):
        return None
    return Refusal("weekday", f"Pas de service le {WEEKDAYS[attempt.day.weekday()]}.", override_by="nobody")


def level_is_accepted(attempt: Attempt) -> Refusal | None:
    """The activity takes children of that level."""
    levels = attempt.activity.levels
    if not levels or attempt.child.level in levels:
        return None
    return Refusal("level", f"Cette prestation n’est pas ouverte au niveau de {attempt.child.first_name}.")


def not_yet_booked(attempt: Attempt) -> Refusal | None:
    """A child is booked once an activity and a day."""
    if attempt.booking is None:
        return None
    return Refusal("already-booked", "Déjà réservé.", override_by="nobody")


def not_past(attempt: Attempt) -> Refusal | None:
    """The past is regularised by agents only."""
    if attempt.day >= attempt.calendar.today(attempt.now):
        return None
    limit = booking_cut_off(attempt)
    return Refusal("past", "Cette date est passée.", cut_off=None if limit == NEVER_OPEN else limit)


def has_tariff(attempt: Attempt) -> Refusal | None:
    """What is paid when it is booked has a price: there is nothing to pay without one."""
    activity = attempt.activity
    if not activity.is_prepaid or activity.has_tariff(attempt.day):
        return None
    return Refusal("no-tariff", "Le tarif de cette activité n’est pas encore fixé.", override_by="nobody")


def booking_is_open(attempt: Attempt) -> Refusal | None:
    """Where bookings open on a date, it has come."""
    opens = opening(attempt.activity.booking_deadline, attempt.day, attempt.calendar)
    if opens is None or attempt.now >= opens:
        return None
    when = dated_moment(opens, attempt.calendar.zone)
    return Refusal("not-yet-open", f"Les réservations ouvrent le {when}.", cut_off=opens)


def booking_cut_off(attempt: Attempt) -> datetime:
    """The first instant at which it is too late to book."""
    activity = attempt.activity
    calendar = attempt.calendar.with_class_on(activity.class_weekdays)
    return cut_off(
        activity.booking_deadline, attempt.day, calendar, lambda day: activity.is_served(day, calendar)
    )


def enough_notice(attempt: Attempt) -> Refusal | None:
    """The booking deadline has not passed: its instant is the first at which it is too late."""
    limit = booking_cut_off(attempt)
    if attempt.now < limit:
        return None
    if limit == NEVER_OPEN:
        return Refusal("not-open", "Cette date n’est pas ouverte à la réservation.")
    when = dated_moment(limit, attempt.calendar.zone)
    return Refusal("booking-deadline", f"Il fallait réserver avant le {when}.", cut_off=limit)


def place_is_left(attempt: Attempt) -> Refusal | None:
    """A place is left; only a larger capacity makes another."""
    if attempt.places.remaining > 0:
        return None
    return Refusal("full", f"Complet le {weekday_date(attempt.day)}.", override_by="nobody")


BOOKING_RULES: tuple[Rule, ...] = (
    not_yet_booked,
    family_is_active,
    activity_is_active,
    in_season,
    no_public_holiday,
    no_closure,
    open_in_holidays,
    serves_weekday,
    level_is_accepted,
    not_past,
    no_debt,
    has_tariff,
    booking_is_open,
    enough_notice,
    place_is_left,
)

OF_PARENTS: frozenset[Rule] = frozenset({no_debt})
"""The rules that do not hold for agents."""
DEADLINES: frozenset[Rule] = frozenset({not_past, booking_is_open, enough_notice})
"""The rules that an agent waives with a reason."""
