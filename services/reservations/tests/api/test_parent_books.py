"""The main path of a parent: calendar, basket, order, cancellation."""

from datetime import timedelta

import pytest

from preau.contracts.reservations import BookingChangedV1, OrderPlacedV1


async def test_a_parent_sees_the_offer_of_the_commune(story):
    answer = await story.martin.get("/sites")
    assert answer.status_code == 200, answer.text
    offer = {site["label"]: [a["label"] for a in site["activities"]] for site in answer.json()["items"]}
    assert offer == {
        "Accueil périscolaire Jules-Ferry": ["Garderie matin", "Garderie soir"],
        "Cantine Jules-Ferry": ["Repas"],
        "Centre de loisirs Les Tilleuls": ["Mercredi journée"],
    }


async def test_the_calendar_says_of_each_day_what_can_be_done_and_why_not(story):
    [day] = await story.served_days(story.REPAS, 1)
    monday = day - timedelta(days=day.weekday())
    answer = await story.martin.get(
        "/calendar",
        site_id=story.CANTINE,
        child_id=story.martin.children[0],
        **{"from": monday - timedelta(days=28), "to": monday + timedelta(days=6)},
    )
    assert answer.status_code == 200, answer.text
    calendar = answer.json()
    assert calendar["contact"]["phone"] == "01 23 45 67 89"
    days = {one["date"]: one for one in calendar["activities"][0]["days"]}
    assert len(days) == 35
    open_day = days[day.isoformat()]
    assert (open_day["state"], open_day["can_book"], open_day["remaining"]) == ("bookable", True, 120)
    sunday = days[(monday + timedelta(days=6)).isoformat()]
    assert sunday["state"] == "locked"
    assert sunday["refusal"]["rule"] == "weekday"
    past = [one for one in days.values() if one["refusal"] and one["refusal"]["rule"] == "past"]
    assert past and all(one["state"] == "locked" for one in past)


async def test_a_span_above_62_days_is_refused(story):
    answer = await story.martin.get(
        "/calendar",
        site_id=story.CANTINE,
        child_id=story.martin.children[0],
        **{"from": "2026-01-01", "to": "2026-03-04"},
    )
    assert answer.status_code == 422


async def test_a_month_of_meals_for_two_children_is_booked_in_one_go(story):
    days = await story.served_days(story.REPAS, 12)
    answer = await story.martin.post(
        "/period",
        {
            "site_id": str(story.CANTINE),
            "child_ids": [str(child) for child in story.martin.children],
            "activity_ids": [str(story.REPAS)],
            "from": days[0].isoformat(),
            "to": days[-1].isoformat(),
            "weekdays": [0, 1, 2, 3, 4],
            "action": "book",
        },
    )
    assert answer.status_code == 200, answer.text
    added = answer.json()
    assert added["refused"] == []
    assert len(added["basket"]["lines"]) == 24
    assert [group["summary"] for group in added["basket"]["groups"]] == ["12 REPAS", "12 REPAS"]

    calendar = await story.martin.get(
        "/calendar",
        site_id=story.CANTINE,
        child_id=story.martin.children[1],
        **{"from": days[0], "to": days[0]},
    )
    assert calendar.json()["activities"][0]["days"][0]["in_basket"] == "book"

    order = await story.martin.order()
    assert order.status_code == 201, order.text
    assert order.json()["status"] == "confirmed"
    assert len(order.json()["bookings"]) == 24
    assert {one["status"] for one in order.json()["bookings"]} == {"confirmed"}
    assert await story.used(story.REPAS, days[0]) == 2
    [placed] = await story.service.emitted(OrderPlacedV1)
    assert len(placed.bookings) == 24 and placed.status == "confirmed"
    assert placed.family_id == story.martin.family_id
    assert (await story.martin.get("/basket")).json()["lines"] == []
    booked = await story.martin.get("/bookings", **{"from": days[0], "to": days[-1]})
    assert len(booked.json()["items"]) == 24
    calendar = await story.martin.get(
        "/calendar",
        site_id=story.CANTINE,
        child_id=story.martin.children[1],
        **{"from": days[0], "to": days[0]},
    )
    [shown] = calendar.json()["activities"][0]["days"]
    assert (shown["state"], shown["can_cancel"]) == ("present", True)
    await story.check_invariants()


async def test_a_toggle_adds_and_takes_out_again(story):
    [day] = await story.served_days(story.REPAS, 1)
    first = await story.martin.put_in_basket(day, activity_id=story.REPAS, action="toggle")
    assert [line["action"] for line in first.json()["basket"]["lines"]] == ["book"]
    second = await story.martin.put_in_basket(day, activity_id=story.REPAS, action="toggle")
    assert second.json()["basket"]["lines"] == []


async def test_lines_are_taken_out_one_by_one_or_all(story):
    days = await story.served_days(story.REPAS, 3)
    added = await story.martin.put_in_basket(*days, activity_id=story.REPAS)
    line_id = added.json()["basket"]["lines"][0]["line_id"]
    assert (await story.durand.delete(f"/basket/lines/{line_id}")).status_code == 404
    assert (await story.martin.delete(f"/basket/lines/{line_id}")).status_code == 204
    assert len((await story.martin.get("/basket")).json()["lines"]) == 2
    assert (await story.martin.delete("/basket")).status_code == 204
    assert (await story.martin.get("/basket")).json()["lines"] == []
    assert (await story.martin.order()).json()["type"].endswith("/basket-empty")


async def test_a_single_refused_line_is_a_conflict_that_says_why(story):
    [day] = await story.served_days(story.REPAS, 1)
    sunday = day + timedelta(days=6 - day.weekday())
    answer = await story.martin.put_in_basket(sunday, activity_id=story.REPAS)
    assert answer.status_code == 409
    problem = answer.json()
    assert problem["type"].endswith("/refused-by-rule")
    assert problem["refusal"]["rule"] == "weekday"
    assert problem["refusal"]["reason"] == "Pas de service le dimanche."
    several = await story.martin.put_in_basket(day, sunday, activity_id=story.REPAS)
    assert several.status_code == 200
    assert [line["date"] for line in several.json()["refused"]] == [sunday.isoformat()]
    assert len(several.json()["basket"]["lines"]) == 1


async def test_the_last_place_goes_to_the_first_family(story):
    [day] = await story.served_days(story.REPAS, 1)
    await story.capacity(story.REPAS, day, 1)
    await story.martin.put_in_basket(day, activity_id=story.REPAS)
    await story.durand.put_in_basket(day, activity_id=story.REPAS)
    assert (await story.martin.order()).status_code == 201
    late = await story.durand.order()
    assert late.status_code == 409
    assert late.json()["type"].endswith("/slot-full")
    assert late.json()["lines"][0]["date"] == day.isoformat()
    basket = (await story.durand.get("/basket")).json()
    assert basket["lines"][0]["problem"]["rule"] == "full"
    await story.check_invariants()


async def test_an_order_is_all_or_nothing(story):
    first, second = await story.served_days(story.REPAS, 2)
    await story.durand.put_in_basket(first, second, activity_id=story.REPAS)
    await story.capacity(story.REPAS, second, 1)
    assert (await story.martin.book(second, activity_id=story.REPAS)).status_code == 201
    assert (await story.durand.order()).status_code == 409
    assert await story.used(story.REPAS, first) == 0
    await story.check_invariants()


async def test_two_lines_of_one_basket_do_not_both_see_the_last_place(story):
    [day] = await story.served_days(story.REPAS, 1)
    await story.capacity(story.REPAS, day, 1)
    answer = await story.martin.put_in_basket(day, activity_id=story.REPAS, children=2)
    assert len(answer.json()["basket"]["lines"]) == 1
    assert answer.json()["refused"][0]["refusal"]["rule"] == "full"


async def test_a_meal_is_cancelled_in_time_and_refused_too_late(story):
    in_time, late = await story.served_days(story.REPAS, 2)
    order = await story.martin.book(in_time, late, activity_id=story.REPAS)
    first, second = order.json()["bookings"]
    await story.service.forget_emitted()
    answer = await story.martin.delete(f"/bookings/{first['booking_id']}")
    assert answer.status_code == 200, answer.text
    assert (answer.json()["status"], answer.json()["version"]) == ("cancelled", 2)
    [changed] = await story.service.emitted(BookingChangedV1)
    assert (changed.booking.status, changed.booking.booking_version, changed.cause) == (
        "cancelled",
        2,
        "parent",
    )
    assert await story.used(story.REPAS, in_time) == 0

    deadline = {"kind": "days_before", "days": 100, "at": "12:00"}
    patched = await story.agent("PATCH", f"/activities/{story.REPAS}", {"cancellation_deadline": deadline})
    assert patched.status_code == 200, patched.text
    refused = await story.martin.delete(f"/bookings/{second['booking_id']}")
    assert refused.status_code == 409
    problem = refused.json()
    assert problem["type"].endswith("/deadline-passed")
    assert (problem["rule"], problem["override_by"]) == ("cancellation-deadline", "agent")
    assert problem["cut_off"]
    assert await story.used(story.REPAS, late) == 1
    await story.check_invariants()


async def test_a_basket_books_and_cancels_at_once(story):
    kept, gone, new = await story.served_days(story.REPAS, 3)
    await story.martin.book(kept, gone, activity_id=story.REPAS)
    await story.service.forget_emitted()
    await story.martin.put_in_basket(gone, activity_id=story.REPAS, action="cancel")
    await story.martin.put_in_basket(new, activity_id=story.REPAS)
    basket = (await story.martin.get("/basket")).json()
    assert basket["groups"][0]["summary"] == "1 REPAS · 1 ANNULATION"
    order = (await story.martin.order()).json()
    assert [one["date"] for one in order["bookings"]] == [new.isoformat()]
    assert [one["date"] for one in order["cancellations"]] == [gone.isoformat()]
    [placed] = await story.service.emitted(OrderPlacedV1)
    assert [one.booking_version for one in placed.cancellations] == [2]
    assert [await story.used(story.REPAS, day) for day in (kept, gone, new)] == [1, 0, 1]
    again = await story.martin.book(gone, activity_id=story.REPAS)
    assert again.status_code == 201
    await story.check_invariants()


async def test_what_became_too_late_in_the_basket_is_refused_at_validation(story):
    [day] = await story.served_days(story.REPAS, 1)
    await story.martin.put_in_basket(day, activity_id=story.REPAS)
    deadline = {"kind": "days_before", "days": 100}
    await story.agent("PATCH", f"/activities/{story.REPAS}", {"booking_deadline": deadline})
    answer = await story.martin.order()
    assert answer.status_code == 409
    assert answer.json()["type"].endswith("/deadline-passed")
    assert await story.used(story.REPAS, day) == 0


@pytest.mark.parametrize(
    ("deadline", "rule"),
    [
        ({"kind": "never"}, "not-open"),
        ({"kind": "holiday_window", "closes_days": 7}, "not-open"),
        ({"kind": "none", "opens": {"kind": "days_before", "days": 2}}, "not-yet-open"),
        ({"kind": "none", "opens": {"kind": "weekday_before", "weekday": 0, "weeks": 0}}, "not-yet-open"),
        ({"kind": "days_before", "days": 100, "skip": ["public_holidays"]}, "booking-deadline"),
    ],
)
async def test_what_a_rule_says_holds_in_the_calendar_the_basket_and_the_order(story, deadline, rule):
    """The rule changes under a basket: what the calendar shows, the basket tells and the order refuses."""
    [day] = await story.served_days(story.REPAS, 1, after=14)
    await story.martin.put_in_basket(day, activity_id=story.REPAS)
    changed = await story.agent("PATCH", f"/activities/{story.REPAS}", {"booking_deadline": deadline})
    assert changed.status_code == 200, changed.text
    assert changed.json()["booking_deadline"]["kind"] == deadline["kind"]
    refused = await story.martin.order()
    assert (refused.status_code, refused.json()["rule"]) == (409, rule)
    [line] = (await story.martin.get("/basket")).json()["lines"]
    asked = {"site_id": story.CANTINE, "child_id": story.martin.children[0], "from": day, "to": day}
    shown = (await story.martin.get("/calendar", **asked)).json()["activities"]
    [cell] = next(each["days"] for each in shown if each["activity_id"] == str(story.REPAS))
    assert line["problem"] == cell["refusal"] and cell["refusal"]["rule"] == rule
    assert not cell["can_book"]
    assert await story.used(story.REPAS, day) == 0


async def test_an_order_needs_an_idempotency_key_and_gives_the_same_answer_for_it(story):
    [day] = await story.served_days(story.REPAS, 1)
    await story.martin.put_in_basket(day, activity_id=story.REPAS)
    assert (await story.martin.post("/orders", {})).status_code == 400
    first = await story.martin.order("clef-1")
    again = await story.martin.order("clef-1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert await story.used(story.REPAS, day) == 1
    assert (await story.martin.post("/orders", {"price": 0}, key="clef-2")).status_code == 422
