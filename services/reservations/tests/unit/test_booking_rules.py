"""Each rule refuses for its reason, and the list lets through what all allow."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from preau.reservations.agenda.domain import day_view
from preau.reservations.bookings.domain import Booking
from preau.reservations.calendars.domain import Closure, CommuneCalendar
from preau.reservations.calendars.published import merged
from preau.reservations.catalogue.domain import Activity
from preau.reservations.copies.domain import ChildRecord
from preau.reservations.deadlines.domain import DaysBefore, Window, Windows
from preau.reservations.rules.booking import BOOKING_RULES, DEADLINES, booking_cut_off
from preau.reservations.rules.cancellation import CANCELLATION_RULES, cancellation_cut_off
from preau.reservations.rules.domain import Attempt, first_refusal
from preau.reservations.slots.domain import Places

COMMUNE, FAMILY, SITE = uuid4(), uuid4(), uuid4()
YEARS = range(2025, 2028)
CALENDAR = CommuneCalendar(
    ZoneInfo("Europe/Paris"),
    merged(YEARS, "A", school=False),
    merged(YEARS, "A", school=True),
    (Closure(date(2026, 12, 3), date(2026, 12, 4), "Grève", SITE),),
)
CHILD = ChildRecord(uuid4(), FAMILY, "Zoé", "Martin", date(2018, 3, 1))
TWO_DAYS = DaysBefore(days=2, at="12:00")
MEAL = Activity(
    activity_id=uuid4(),
    commune_id=COMMUNE,
    site_id=SITE,
    site_label="Cantine",
    label="Repas",
    regie_id=uuid4(),
    default_capacity=10,
    booking_deadline=TWO_DAYS,
    cancellation_deadline=TWO_DAYS,
)
THURSDAY = date(2026, 11, 26)
ATTEMPT = Attempt(
    child=CHILD,
    activity=MEAL,
    day=THURSDAY,
    calendar=CALENDAR,
    now=datetime(2026, 11, 23, 9, tzinfo=UTC),
    places=Places(10, 3),
)


def booking(status="confirmed", **changes):
    facts = {
        "booking_id": uuid4(),
        "commune_id": COMMUNE,
        "family_id": FAMILY,
        "child_id": CHILD.child_id,
        "activity_id": MEAL.activity_id,
        "service_date": THURSDAY,
        "status": status,
        "version": 1,
        "payment_mode": "month_end",
        "activity_label": "Repas",
        "slot_id": uuid4(),
    }
    return Booking(**(facts | changes))


def refused(attempt, rules=BOOKING_RULES):
    refusal = first_refusal(rules, attempt)
    return refusal and refusal.rule


def test_a_plain_day_can_be_booked():
    assert refused(ATTEMPT) is None


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"family_is_active": False}, "family-closed"),
        ({"debt_cents": 5000}, "debt"),
        ({"activity": replace(MEAL, status="closed")}, "activity-closed"),
        ({"activity": replace(MEAL, opens_on=date(2026, 12, 1))}, "out-of-season"),
        ({"activity": replace(MEAL, closes_on=date(2026, 11, 25))}, "out-of-season"),
        ({"day": date(2026, 12, 25)}, "public-holiday"),
        ({"day": date(2026, 12, 3)}, "closure"),
        ({"day": date(2026, 12, 21)}, "school-holidays"),
        ({"activity": replace(MEAL, open_in_holidays="holidays")}, "school-time"),
        ({"day": date(2026, 11, 25)}, "weekday"),
        ({"activity": replace(MEAL, levels=("nursery",))}, "level"),
        ({"booking": booking()}, "already-booked"),
        ({"day": date(2026, 11, 20)}, "past"),
        ({"places": Places(3, 3)}, "full"),
        ({"places": Places(3, 5)}, "full"),
    ],
)
def test_each_rule_refuses_for_its_reason(change, rule):
    attempt = replace(ATTEMPT, **change)
    refusal = first_refusal(BOOKING_RULES, attempt)
    assert refusal is not None
    assert refusal.rule == rule
    assert refusal.reason


def test_what_is_paid_when_it_is_booked_needs_a_tariff_of_the_day():
    prepaid = replace(MEAL, payment_mode="prepaid")
    refusal = first_refusal(BOOKING_RULES, replace(ATTEMPT, activity=prepaid))
    assert refusal is not None
    assert (refusal.rule, refusal.reason) == (
        "no-tariff",
        "Le tarif de cette activité n’est pas encore fixé.",
    )
    day = ATTEMPT.day
    assert refused(replace(ATTEMPT, activity=replace(prepaid, tariffed_from=day))) is None
    tomorrow = replace(prepaid, tariffed_from=day + timedelta(days=1))
    assert refused(replace(ATTEMPT, activity=tomorrow)) == "no-tariff"
    assert refused(replace(ATTEMPT, activity=MEAL)) is None


def test_the_cut_off_itself_is_too_late_and_a_microsecond_before_is_not():
    limit = datetime(2026, 11, 24, 11, tzinfo=UTC)
    assert (
        refused(replace(ATTEMPT, now=limit.replace(hour=10, minute=59, second=59, microsecond=999_999)))
        is None
    )
    refusal = first_refusal(BOOKING_RULES, replace(ATTEMPT, now=limit))
    assert refusal is not None
    assert (refusal.rule, refusal.cut_off, refusal.override_by) == ("booking-deadline", limit, "agent")
    assert refusal.reason == "Il fallait réserver avant le mardi 24 novembre 2026 à 12\u00a0h."


def test_what_is_past_says_until_when_it_could_be_booked_or_cancelled():
    late = replace(ATTEMPT, now=datetime(2026, 11, 30, tzinfo=UTC))
    refusal = first_refusal(BOOKING_RULES, late)
    assert refusal is not None
    assert (refusal.rule, refusal.cut_off) == ("past", datetime(2026, 11, 24, 11, tzinfo=UTC))
    booked = first_refusal(CANCELLATION_RULES, replace(late, booking=booking()))
    assert booked is not None
    assert booked.rule == "past" and booked.cut_off is not None and booked.cut_off < late.now


def test_an_agent_waives_deadlines_and_nothing_else():
    late = replace(ATTEMPT, now=datetime(2026, 11, 30, tzinfo=UTC))
    waived = [rule for rule in BOOKING_RULES if rule not in DEADLINES]
    assert refused(late) == "past"
    assert refused(late, waived) is None
    assert refused(replace(late, places=Places(1, 1)), waived) == "full"


def test_a_window_not_yet_open_says_from_when():
    window = Window(
        first_day=date(2026, 11, 23),
        last_day=date(2026, 12, 18),
        opens_on=date(2026, 11, 24),
        closes_on=date(2026, 11, 25),
    )
    attempt = replace(ATTEMPT, activity=replace(MEAL, booking_deadline=Windows(windows=(window,))))
    refusal = first_refusal(BOOKING_RULES, attempt)
    assert refusal is not None
    assert refusal.reason == "Les réservations ouvrent le mardi 24 novembre 2026 à 0\u00a0h."
    assert refused(replace(attempt, now=datetime(2026, 11, 23, 23, tzinfo=UTC))) is None
    assert refused(replace(attempt, day=date(2027, 1, 7))) == "not-open"


@pytest.mark.parametrize(
    ("status", "rule"),
    [
        ("confirmed", None),
        ("requested", None),
        ("awaiting_payment", "not-cancellable"),
        ("cancel_requested", "not-cancellable"),
        ("attended", "not-cancellable"),
        ("absent_justified", "not-cancellable"),
    ],
)
def test_what_a_parent_may_cancel(status, rule):
    attempt = replace(ATTEMPT, booking=booking(status))
    assert refused(attempt, CANCELLATION_RULES) == rule


def test_a_late_cancellation_says_until_when_it_was_possible():
    attempt = replace(ATTEMPT, booking=booking(), now=datetime(2026, 11, 24, 11, tzinfo=UTC))
    refusal = first_refusal(CANCELLATION_RULES, attempt)
    assert refusal is not None
    assert refusal.reason == "Il fallait annuler avant le mardi 24 novembre 2026 à 12\u00a0h."
    requested = replace(attempt, booking=booking("requested"))
    assert refused(requested, CANCELLATION_RULES) is None
    assert refused(replace(ATTEMPT), CANCELLATION_RULES) == "not-booked"


@pytest.mark.parametrize(
    ("active", "last", "late", "state"),
    [
        (None, None, False, "bookable"),
        (None, None, True, "locked"),
        ("confirmed", None, False, "present"),
        ("attended", None, False, "present"),
        ("absent_unjustified", None, False, "absent"),
        ("requested", None, False, "pending"),
        ("awaiting_payment", None, False, "pending"),
        ("cancel_requested", None, False, "cancel_pending"),
        (None, "refused", False, "refused"),
        (None, "cancelled", False, "bookable"),
        (None, "cancelled", True, "absent"),
        (None, "expired", False, "bookable"),
    ],
)
def test_the_eight_states_of_the_legend(active, last, late, state):
    now = datetime(2026, 11, 25, tzinfo=UTC) if late else ATTEMPT.now
    attempt = replace(ATTEMPT, booking=booking(active) if active else None, now=now)
    view = day_view(attempt, booking(last) if last else attempt.booking, None)
    assert view.state == state
    assert not (view.can_book and view.can_cancel)
    assert (view.refusal is None) == (view.can_book or view.can_cancel)


def test_what_an_agent_accepted_shows_as_such():
    accepted = booking("confirmed", decided_by_agent=True)
    assert day_view(replace(ATTEMPT, booking=accepted), accepted, None).state == "approved"


def test_wednesdays_and_every_weekday_of_the_holidays():
    centre = replace(
        MEAL, weekdays=(2,), holiday_weekdays=(0, 1, 2, 3, 4), open_in_holidays="always", site_id=uuid4()
    )
    days = centre.days_between(date(2026, 12, 14), date(2026, 12, 27), CALENDAR)
    assert [day.isoformat() for day in days] == [
        "2026-12-16",
        "2026-12-21",
        "2026-12-22",
        "2026-12-23",
        "2026-12-24",
    ]


@pytest.mark.parametrize(("class_weekdays", "day"), [({0, 1, 3, 4}, 24), ({0, 1, 2, 3, 4}, 25)])
def test_rules_count_the_days_of_class_of_the_site(class_weekdays, day):
    """What is shown beside the form holds for booking and for cancelling too."""
    a_day_of_school = DaysBefore(days=1, at="10:00", day_type="school")
    activity = replace(
        MEAL,
        booking_deadline=a_day_of_school,
        cancellation_deadline=a_day_of_school,
        class_weekdays=frozenset(class_weekdays),
    )
    attempt = replace(ATTEMPT, activity=activity)
    for cut_off in (booking_cut_off, cancellation_cut_off):
        assert cut_off(attempt).astimezone(CALENDAR.zone).day == day
