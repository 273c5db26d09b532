"""Chapter 2: a month of meals for two children, and the last place."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

from preau.operations.tour.calendar_days import today
from preau.operations.tour.cast import SCHOOL_MEALS, Cast, Household
from preau.operations.tour.client import Client
from preau.operations.tour.story import Narrator, check, wait_until
from preau.wording.amounts import euros

HORIZON_DAYS = 60


def booking(narrator: Narrator, cast: Cast) -> None:
    """The basket of a month is validated once; the last place goes to one family."""
    narrator.step("The commune’s sites and activities are shown", lambda: _sites(cast))
    narrator.step("The calendar of each child is shown", lambda: _calendars(cast))
    narrator.step("A month of meals for both children in the basket", lambda: _fill_basket(cast))
    narrator.step("The basket tells its total and explains it", lambda: _total(cast))
    narrator.step("The validated basket is confirmed, once", lambda: _validate(cast))
    narrator.step("The calendar shows the children as present", lambda: _present(cast))
    narrator.step(
        "Le courriel de confirmation arrive",
        lambda: cast.mail(cast.family.email, "réservations confirmées")["subject"],
    )
    narrator.step("The last place is not taken twice", lambda: _last_place(cast))
    narrator.step("Another family’s child cannot be found", lambda: _not_ours(cast))


def _sites(cast: Cast) -> str:
    def look() -> bool:
        cast.sites = {
            site["label"]: site
            for site in cast.family.get("reservations", "sites", expect=(200, 404))["items"]
        }
        return SCHOOL_MEALS in cast.sites

    wait_until(look, f"the site {SCHOOL_MEALS}")
    return ", ".join(cast.sites)


def calendar(household: Household, site_id: str, child_id: str, start: date, days: int) -> dict[str, Any]:
    """The calendar of a child at a site."""
    return household.get(
        "reservations",
        "calendar",
        params={
            "site_id": site_id,
            "child_id": child_id,
            "from": start.isoformat(),
            "to": (start + timedelta(days=days)).isoformat(),
        },
        expect=(200, 404),
    )


def days_of(shown: dict[str, Any], activity_id: str) -> list[dict[str, Any]]:
    return next(item["days"] for item in shown.get("activities", []) if item["activity_id"] == activity_id)


def _calendars(cast: Cast) -> str:
    site = cast.sites[SCHOOL_MEALS]
    saw: list[str] = []
    for child in cast.family.children:
        shown = wait_until(
            lambda child=child: (
                found
                if (found := calendar(cast.family, site["site_id"], child["child_id"], today(), 34)).get(
                    "activities"
                )
                else None
            ),
            "the calendar of the child",
        )
        days = days_of(shown, cast.activity(SCHOOL_MEALS, "Repas")["activity_id"])
        locked = [day for day in days if not day["can_book"]]
        check(any(day["can_book"] for day in days), "no day can be booked")
        check(
            all(day.get("refusal") for day in locked if day["state"] == "locked"),
            "a locked day says no reason",
        )
        saw.append(f"{child['first_name']}: {len(days) - len(locked)} days can be booked")
    return ", ".join(saw)


def _month(cast: Cast) -> list[dict[str, Any]]:
    site, meal = cast.sites[SCHOOL_MEALS], cast.activity(SCHOOL_MEALS, "Repas")
    shown = calendar(cast.family, site["site_id"], cast.family.children[0]["child_id"], today(), 30)
    return [day for day in days_of(shown, meal["activity_id"]) if day["can_book"]]


def _fill_basket(cast: Cast) -> str:
    meal = cast.activity(SCHOOL_MEALS, "Repas")
    lines = [
        {
            "child_id": child["child_id"],
            "activity_id": meal["activity_id"],
            "date": day["date"],
            "action": "book",
        }
        for day in _month(cast)
        for child in cast.family.children
    ]
    answer = cast.family.post("reservations", "basket/lines", json={"lines": lines}, expect=(200, 201))
    check(not answer["refused"], f"refused: {answer['refused']}")
    check(len(answer["basket"]["lines"]) == len(lines), "lines are missing in the basket")
    return ", ".join(f"{group['child_name']} {group['summary']}" for group in answer["basket"]["groups"])


def _total(cast: Cast) -> str:
    basket = cast.family.get("reservations", "basket")
    lines = [
        {"child_id": line["child_id"], "activity_id": line["activity_id"], "date": line["date"]}
        for line in basket["lines"]
    ]

    def look() -> dict[str, Any] | None:
        quote = cast.family.post("billing", "quotes", json={"lines": lines}, expect=(200, 201, 404, 409, 422))
        return quote if "total_cents" in quote else None

    quote = wait_until(look, "a quote for the basket")
    check(quote["total_cents"] > 0, "the total is nothing")
    check(
        sum(line["amount_cents"] for line in quote["lines"]) == quote["total_cents"],
        "the lines do not sum up",
    )
    return f"{euros(quote['total_cents'])} — {quote['lines'][0]['explanation']}"


def _validate(cast: Cast) -> str:
    key = str(uuid4())
    order = cast.family.once("reservations", "orders", json={}, key=key)
    again = cast.family.once("reservations", "orders", json={}, key=key, expect=(200, 201))
    check(order["order_id"] == again["order_id"], "the same key gave another order")
    check(order["status"] == "confirmed", f"the order is {order['status']}")
    return f"{len(order['bookings'])} bookings confirmed"


def _present(cast: Cast) -> str:
    site, meal = cast.sites[SCHOOL_MEALS], cast.activity(SCHOOL_MEALS, "Repas")
    shown = calendar(cast.family, site["site_id"], cast.family.children[1]["child_id"], today(), 34)
    present = [day for day in days_of(shown, meal["activity_id"]) if day["state"] == "present"]
    check(present, "the calendar shows no presence")
    return f"{len(present)} days present"


def bookable_for_all(cast: Cast, site: str, label: str, start: date, days: int = HORIZON_DAYS) -> str:
    """The last date in reach that each family's first child can book."""
    activity = cast.activity(site, label)
    dates: list[set[str]] = [
        {
            day["date"]
            for day in days_of(
                calendar(who, cast.sites[site]["site_id"], who.children[0]["child_id"], start, days),
                activity["activity_id"],
            )
            if day["can_book"] and day["state"] in ("bookable", "refused")
        }
        for who in (cast.family, cast.rivals)
    ]
    common = sorted(dates[0] & dates[1])
    check(common, f"no day that both families could book at {site}")
    return common[-1]


def slot_of(agent: Client, activity_id: str, day: str) -> dict[str, Any]:
    found = agent.api(
        "GET", "reservations", f"activities/{activity_id}/slots", params={"from": day, "to": day}
    )["items"]
    return found[0] if found else {"used": 0}


def _last_place(cast: Cast) -> str:
    meal = cast.activity(SCHOOL_MEALS, "Repas")
    wait_until(
        lambda: calendar(
            cast.rivals,
            cast.sites[SCHOOL_MEALS]["site_id"],
            cast.rivals.children[0]["child_id"],
            today(),
            6,
        ).get("activities"),
        "the rivals’ calendar",
    )
    day = bookable_for_all(cast, SCHOOL_MEALS, "Repas", today() + timedelta(days=32), 55)
    used = slot_of(cast.admin, meal["activity_id"], day)["used"]
    cast.admin.api(
        "PUT", "reservations", f"activities/{meal['activity_id']}/slots/{day}", json={"capacity": used + 1}
    )
    both = (cast.family, cast.rivals)
    for who in both:
        line = {
            "child_id": who.children[0]["child_id"],
            "activity_id": meal["activity_id"],
            "date": day,
            "action": "book",
        }
        who.post("reservations", "basket/lines", json={"lines": [line]}, expect=(200, 201))
    with ThreadPoolExecutor(2) as pool:
        answers: list[dict[str, Any]] = list(pool.map(_order_at_once, both))
    won = [answer for answer in answers if "order_id" in answer]
    check(len(won) == 1, f"{len(won)} families got the last place")
    lost = next(answer for answer in answers if "order_id" not in answer)
    check(slot_of(cast.admin, meal["activity_id"], day)["used"] == used + 1, "the slot does not count right")
    for who in both:
        who.parent.api("DELETE", "reservations", f"families/{who.family_id}/basket", expect=(200, 204))
    return lost["detail"]


def _order_at_once(who: Household) -> dict[str, Any]:
    return who.once("reservations", "orders", json={}, expect=(201, 409))


def _not_ours(cast: Cast) -> str:
    meal = cast.activity(SCHOOL_MEALS, "Repas")
    line = {
        "child_id": cast.rivals.children[0]["child_id"],
        "activity_id": meal["activity_id"],
        "date": (today() + timedelta(days=20)).isoformat(),
        "action": "book",
    }
    problem = cast.family.post("reservations", "basket/lines", json={"lines": [line]}, expect=404)
    cast.family.parent.api("GET", "reservations", f"families/{cast.rivals.family_id}/basket", expect=404)
    return problem["detail"]
