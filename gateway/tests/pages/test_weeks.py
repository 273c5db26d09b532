"""The calendar as weeks: which days are shown, and what a cell says."""

from datetime import date, timedelta

from preau.gateway.api.models.reservations import (
    ActivityDaysOut,
    CalendarOut,
    DayOut,
    FamilyChildOut,
    RefusalOut,
    SiteChoiceOut,
)
from preau.gateway.pages.parents.reservations.place import Place
from preau.gateway.pages.parents.reservations.weeks import STATES, cell_of, monday_of, weeks_of
from preau.gateway.pages.rendering import environment

MONDAY = date(2026, 11, 23)
ACTIVITY_ID = "01900000-0000-7000-8000-0000000000c1"


def activity(days: list[DayOut]) -> ActivityDaysOut:
    return ActivityDaysOut(activity_id=ACTIVITY_ID, label="Repas", payment_mode="month_end", days=days)


def refusal(rule: str, override_by: str = "nobody") -> RefusalOut:
    return RefusalOut(rule=rule, reason="Non.", cut_off=None, override_by=override_by)


ACTIVITY = activity([])


def day(on: date, state: str = "bookable", **more) -> DayOut:
    usual = {
        "date": on,
        "state": state,
        "in_basket": None,
        "booking_id": None,
        "remaining": 3,
        "refusal": refusal("weekday") if state == "locked" else None,
        "can_book": state == "bookable",
        "can_cancel": state == "present",
    }
    return DayOut(**usual | more)


def calendar(days: list[DayOut]) -> CalendarOut:
    return CalendarOut.model_validate(
        {
            "site_id": "s",
            "child_id": "c",
            "from": MONDAY,
            "to": MONDAY,
            "today": MONDAY,
            "contact": {"email": "", "phone": ""},
            "activities": [activity(days)],
        }
    )


def a_week(**weekend) -> list[DayOut]:
    days = [day(MONDAY + timedelta(days=offset)) for offset in range(5)]
    return [
        *days,
        *(day(MONDAY + timedelta(days=offset), **(weekend or {"state": "locked"})) for offset in (5, 6)),
    ]


def test_a_weekend_without_anything_is_left_out():
    (week,) = weeks_of(calendar(a_week()), MONDAY, 1)
    assert [each.date.weekday() for each in week.days] == [0, 1, 2, 3, 4]
    assert [len(each.cells) for each in week.days] == [1] * 5
    assert week.labels == ["Repas"]
    assert (week.number, week.title) == (48, "du 23 au 27 novembre 2026")


def test_a_weekend_with_something_is_shown():
    (week,) = weeks_of(calendar(a_week(state="bookable")), MONDAY, 1)
    assert len(week.days) == 7


def test_a_weekend_in_the_holidays_is_left_out_too():
    closed = refusal("school-holidays")
    (week,) = weeks_of(calendar(a_week(state="locked", refusal=closed)), MONDAY, 1)
    assert len(week.days) == 5


def test_a_cell_tells_its_state_by_word_symbol_and_colour():
    for state in STATES:
        cell = cell_of(ACTIVITY, day(MONDAY, state))
        assert (cell.css, cell.symbol) == (f"is-{state}", f"state-{state}")
        assert cell.word
    assert len({cell_of(ACTIVITY, day(MONDAY, state)).word for state in STATES}) == len(STATES)


def test_a_cell_in_the_basket_says_so_rather_than_its_state():
    booked = cell_of(ACTIVITY, day(MONDAY, in_basket="book"))
    assert (booked.word, booked.css, booked.action) == ("Au panier", "in-basket", "Retirer du panier")
    assert cell_of(ACTIVITY, day(MONDAY, "present", in_basket="cancel")).word == "À annuler"


def test_a_present_day_past_its_deadline_opens_the_reason():
    late = refusal("cancellation-deadline", "agent")
    cell = cell_of(ACTIVITY, day(MONDAY, "present", can_cancel=False, refusal=late))
    assert cell.intent is None
    assert cell.refusal == late


def test_a_full_day_says_it_is_full():
    full = refusal("full", "agent")
    assert cell_of(ACTIVITY, day(MONDAY, "locked", refusal=full)).word == "Complet"


def test_the_monday_of_a_sunday_is_six_days_before():
    assert monday_of(date(2026, 11, 29)) == MONDAY


def test_a_label_is_text_wherever_it_is_written():
    """The cells are written without the templates' own escaping: what agents typed is escaped before."""
    odd = """<b title='"'>&Repas"""
    days = [
        *a_week()[:3],
        day(MONDAY + timedelta(days=3), "present"),
        day(MONDAY + timedelta(days=4), "locked"),
    ]
    shown = calendar(days)
    shown.activities[0].label = odd
    site, child = SiteChoiceOut(site_id="s", label=odd), FamilyChildOut(child_id="c", first_name=odd)
    place = Place(site, child, MONDAY, [site], [child])
    page = environment().get_template("parents/reservations/_weeks.html")
    html = page.render(weeks=weeks_of(shown, MONDAY, 1), place=place, today=MONDAY, csrf_token="x")
    assert html.count("<b") == html.count("<b>") + html.count("<button")
    assert html.count("&lt;b title=&#39;&#34;&#39;&gt;&amp;Repas") == 1 + 2 * len(days)
