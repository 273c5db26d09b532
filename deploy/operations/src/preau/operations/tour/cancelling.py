"""Chapter 4: a cancellation in time, and one too late."""

from datetime import date, timedelta
from typing import Any

from preau.operations.tour.calendar_days import dated, timed, today
from preau.operations.tour.cast import SCHOOL_MEALS, Cast
from preau.operations.tour.story import Narrator, NotSo, check


def cancelling(narrator: Narrator, cast: Cast) -> None:
    """The same route decides both by the activity's rule."""
    narrator.step("A meal is cancelled in time", lambda: _in_time(cast))
    narrator.step("The agent books the children on the last day of service", lambda: _regularise(cast))
    narrator.step("A meal cancelled too late is refused, with the rule", lambda: _too_late(cast))


def _bookings(cast: Cast, start: date, end: date) -> list[dict[str, Any]]:
    params = {"from": start.isoformat(), "to": end.isoformat()}
    items = cast.family.get("reservations", "bookings", params=params)["items"]
    meal = cast.activity(SCHOOL_MEALS, "Repas")["activity_id"]
    return [item for item in items if item["activity_id"] == meal and item["status"] == "confirmed"]


def _in_time(cast: Cast) -> str:
    this_day = today()
    booking = _bookings(cast, this_day, this_day + timedelta(days=40))[-1]
    path = f"families/{cast.family.family_id}/bookings/{booking['booking_id']}"
    answer = cast.family.parent.api("DELETE", "reservations", path)
    check(answer["status"] == "cancelled", f"the booking is {answer['status']}")
    return f"on {dated(booking['date'])}: cancelled"


def _regularise(cast: Cast) -> str:
    """The last day of service up to today that an agent may book, for both children."""
    meal = cast.activity(SCHOOL_MEALS, "Repas")["activity_id"]
    this_day = today()
    for back in range(21):
        day = this_day - timedelta(days=back)
        answers = [
            cast.admin.once(
                "reservations",
                "bookings",
                json={
                    "family_id": cast.family.family_id,
                    "child_id": child["child_id"],
                    "activity_id": meal,
                    "date": day.isoformat(),
                    "override_deadline": True,
                    "reason": "Régularisation",
                },
                expect=(201, 409, 422),
            )
            for child in cast.family.children
        ]
        if all("booking_id" in answer for answer in answers):
            cast.attended_on = day
            return f"on {dated(day)}"
    raise NotSo("no day of service in the last three weeks")


def _too_late(cast: Cast) -> str:
    assert cast.attended_on is not None  # noqa: S101 - set by the step before
    booking = _bookings(cast, cast.attended_on, cast.attended_on)[0]
    path = f"families/{cast.family.family_id}/bookings/{booking['booking_id']}"
    problem = cast.family.parent.api("DELETE", "reservations", path, expect=409)
    refusal = problem.get("refusal", problem)
    check(refusal.get("rule") and refusal.get("cut_off"), f"the refusal names no rule and cut-off: {problem}")
    return f"{problem['detail']} (rule {refusal['rule']}, until {timed(refusal['cut_off'])})"
