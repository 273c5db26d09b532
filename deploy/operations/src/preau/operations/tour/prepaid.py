"""Chapter 3: a prepaid day: paid it is confirmed, given up it frees its place when the hold ends."""

from datetime import timedelta
from typing import Any

from preau.operations.tour.bank import at_the_bank, begin_payment, final_payment
from preau.operations.tour.booking import calendar, days_of, slot_of
from preau.operations.tour.calendar_days import dated, timed, today
from preau.operations.tour.cast import LEISURE_CENTRE, Cast
from preau.operations.tour.story import Narrator, check, wait_until
from preau.wording.amounts import euros

DAY = "Mercredi journée"
SHORT_HOLD_SECONDS = 5


def prepaid(narrator: Narrator, cast: Cast) -> None:
    """One day paid, one given up."""
    order: dict[str, Any] = {}
    narrator.step("The basket leads to the payment and holds the place", lambda: _place(cast, order))
    narrator.step("The sandbox bank collects, the booking is confirmed", lambda: _pay(cast, order))
    narrator.step(
        "The receipt comes by mail", lambda: cast.mail(cast.family.email, "reçu de paiement")["subject"]
    )
    narrator.step("Another basket is given up: its place is free again", lambda: _give_up(cast))


def _activity(cast: Cast) -> dict[str, Any]:
    return cast.activity(LEISURE_CENTRE, DAY)


def _order(cast: Cast) -> tuple[dict[str, Any], str]:
    activity, child = _activity(cast), cast.family.children[0]
    site_id = cast.sites[LEISURE_CENTRE]["site_id"]
    shown = calendar(cast.family, site_id, child["child_id"], today() + timedelta(days=3), 55)
    day = next(day["date"] for day in days_of(shown, activity["activity_id"]) if day["can_book"])
    line = {
        "child_id": child["child_id"],
        "activity_id": activity["activity_id"],
        "date": day,
        "action": "book",
    }
    cast.family.post("reservations", "basket/lines", json={"lines": [line]}, expect=(200, 201))
    order = cast.family.once("reservations", "orders", json={})
    check(order["status"] == "awaiting_payment", f"the order is {order['status']}")
    return order, day


def _place(cast: Cast, kept: dict[str, Any]) -> str:
    order, day = _order(cast)
    kept.update(order)

    def look() -> list[dict[str, Any]] | None:
        return cast.family.get("reservations", f"orders/{order['order_id']}")["invoices"] or None

    invoices = wait_until(look, "the prepaid invoice of the order")
    kept["invoices"] = invoices
    return f"on {dated(day)}, {euros(invoices[0]['total_cents'])} to pay before {timed(order['held_until'])}"


def _pay(cast: Cast, order: dict[str, Any]) -> str:
    payment = begin_payment(cast.family, [invoice["invoice_id"] for invoice in order["invoices"]])
    back = at_the_bank(cast, payment, "pay")
    check(payment["payment_id"] in back, "the bank sends the parent back without the payment")
    paid = final_payment(cast.family, payment["payment_id"])
    check(paid["status"] == "settled", f"the payment is {paid['status']}")
    status = _end_of(cast, order, "the order is closed")
    check(status == "confirmed", f"the order is {status}")
    return f"receipt {paid['receipt_number']}, order confirmed"


def _end_of(cast: Cast, order: dict[str, Any], what: str) -> str:
    """Wait until the order awaits payment no longer; what became of it."""

    def look() -> str | None:
        status: str = cast.family.get("reservations", f"orders/{order['order_id']}")["status"]
        return None if status == "awaiting_payment" else status

    return wait_until(look, what)


def _give_up(cast: Cast) -> str:
    activity_id = _activity(cast)["activity_id"]
    before = cast.admin.api("GET", "reservations", f"activities/{activity_id}")["hold_seconds"]
    _hold_for(cast, activity_id, SHORT_HOLD_SECONDS)
    try:
        order, day = _order(cast)
    finally:
        _hold_for(cast, activity_id, before)
    held = slot_of(cast.admin, activity_id, day)["used"]
    status = _end_of(cast, order, "the hold ends")
    check(status == "expired", f"the order is {status}")
    free = slot_of(cast.admin, activity_id, day)["used"]
    check(free == held - 1, f"the place is not free again: {held} → {free}")
    return f"{held} places taken while it was held, {free} after"


def _hold_for(cast: Cast, activity_id: str, seconds: int) -> None:
    cast.admin.api("PATCH", "reservations", f"activities/{activity_id}", json={"hold_seconds": seconds})
