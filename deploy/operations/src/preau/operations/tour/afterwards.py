"""Chapter 7: what is learnt after the bill: a quotient of before, a strike, money that goes back."""

from datetime import date, timedelta
from typing import Any

from preau.operations.tour.attendance_and_billing import all_items, begin, computed, issue, regie_of_meals
from preau.operations.tour.calendar_days import dated, today
from preau.operations.tour.cast import SCHOOL_MEALS, Cast
from preau.operations.tour.story import Narrator, check, wait_until
from preau.wording.amounts import euros

QUOTIENT = 300
"""Lower than the one that the family registered with: a cheaper band."""


def afterwards(narrator: Narrator, cast: Cast) -> None:
    """Each corrects what was billed and paid; what the family is owed goes back to its card."""
    assert cast.attended_on is not None  # noqa: S101 - chapter 4 chose the day
    month = cast.attended_on.replace(day=1)
    narrator.step("A quotient learnt late counts from the first of the month", lambda: _quotient(cast, month))
    narrator.step("The complement gives back what was too much", lambda: _complement(cast, month))
    narrator.step(
        "The family is told by mail", lambda: cast.mail(cast.family.email, "avoir", "faveur")["subject"]
    )
    if not cast.beside_former:
        narrator.step(
            "A child between two families is billed to each, by halves", lambda: _custody(cast, month)
        )
    narrator.step("A strike frees what was booked and billed", lambda: _strike(cast))
    narrator.step("What the family is owed goes back to its card", lambda: _refund(cast))
    narrator.step("The statement of account says all of it", lambda: _statement(cast))


def _quotient(cast: Cast, month: date) -> str:
    body = {"value": QUOTIENT, "effective_from": month.isoformat()}
    path = f"families/{cast.family.family_id}/quotients"
    cast.admin.api("POST", "identity", path, json=body, expect=(200, 201))
    return f"{QUOTIENT} from {dated(month.isoformat())} on"


def _custody(cast: Cast, month: date) -> str:
    """The month was billed to the first family; half of it moves to the second, and back when that ends."""
    child = cast.family.children[0]["child_id"]
    path = f"families/{cast.family.family_id}/children/{child}/custodies"
    shared = {"kind": "share", "percent": 50, "family_id": cast.rivals.family_id}
    since = {"effective_from": month.isoformat()}
    cast.admin.api("POST", "identity", path, json=shared | since, expect=(200, 201))
    given_back = _complement(cast, month, beside=cast.rivals.family_id)
    theirs = _billed(cast, cast.rivals.family_id)
    check(theirs["total_cents"] > 0, f"the other family is billed {theirs['total_cents']} cents")
    lines = cast.admin.api("GET", "billing", f"invoices/{theirs['invoice_id']}")["lines"]
    check(all("votre part" in line["explanation"] for line in lines), "a line does not say whose part it is")
    cast.admin.api("DELETE", "identity", f"{path}/{month.isoformat()}", expect=200)
    asked_again = _complement(cast, month, beside=cast.rivals.family_id, asks=True)
    back = _billed(cast, cast.rivals.family_id)
    check(
        back["total_cents"] == -theirs["total_cents"], "the other family is not given back what it was asked"
    )
    return f"{given_back}, {euros(theirs['total_cents'])} for the other; then {asked_again} and back"


def _billed(cast: Cast, family_id: str) -> dict[str, Any]:
    """What the run that was issued last asks of a family."""
    found = [
        each for each in all_items(cast, f"runs/{cast.run_id}/invoices") if each["family_id"] == family_id
    ]
    check(len(found) == 1, f"{len(found)} invoices for the other family instead of one")
    return found[0]


def _complement(cast: Cast, month: date, *, beside: str = "", asks: bool = False) -> str:
    """What a month's complement gives the family back, or ``asks`` of it.

    It is begun anew until billing has heard what changed: it bills the family, and the one ``beside``.
    """
    body = {"regie_id": regie_of_meals(cast), "period": f"{month:%Y-%m}", "kind": "complement"}

    def ours() -> dict[str, Any] | None:
        cast.run_id = begin(cast, body) or ""
        wait_until(lambda: computed(cast), "the complement is computed")
        drafts = {each["family_id"]: each for each in all_items(cast, f"runs/{cast.run_id}/invoices")}
        if {cast.family.family_id, beside or cast.family.family_id} <= drafts.keys():
            return drafts[cast.family.family_id]
        cast.admin.api("POST", "billing", f"runs/{cast.run_id}/discard", expect=(200, 202))
        return None

    draft = wait_until(ours, "a complement for the family")
    check((draft["total_cents"] > 0) == asks, f"the complement asks for {draft['total_cents']} cents")
    issue(cast)
    return euros(draft["total_cents"])


def _meals_account(cast: Cast) -> dict[str, Any]:
    regie_id = regie_of_meals(cast)
    accounts = cast.family.get("billing", "accounts")["items"]
    return next(each for each in accounts if each["regie_id"] == regie_id)


def _strike(cast: Cast) -> str:
    """A day that was billed ahead is closed: freed, told, given back by a complement; then it opens again."""
    day = _booked(cast)[-1]
    closure = {"label": "Grève", "from": day, "to": day, "site_id": cast.sites[SCHOOL_MEALS]["site_id"]}
    made = cast.admin.api("POST", "reservations", "closures", json=closure, expect=201)["closure_id"]

    def applied() -> bool:
        closures = cast.admin.api("GET", "reservations", "closures")["items"]
        return next(each for each in closures if each["closure_id"] == made)["is_applied"]

    wait_until(applied, "the closure frees what was booked")
    check(day not in _booked(cast), "the day is still booked")
    cast.mail(cast.family.email, "grève")
    given_back = _complement(cast, date.fromisoformat(day).replace(day=1))
    cast.admin.api("DELETE", "reservations", f"closures/{made}", expect=204)
    return f"on {dated(day)}: {given_back}"


def _booked(cast: Cast) -> list[str]:
    """The days to come with a meal, of the two months that were billed."""
    assert cast.attended_on is not None  # noqa: S101 - chapter 4 chose the day
    meal = cast.activity(SCHOOL_MEALS, "Repas")["activity_id"]
    next_month = (cast.attended_on.replace(day=1) + timedelta(days=32)).replace(day=1)
    after = (next_month + timedelta(days=32)).replace(day=1)
    period = {"from": (today() + timedelta(days=1)).isoformat(), "to": after.isoformat()}
    found = cast.family.get("reservations", "bookings", params=period)["items"]
    return sorted(
        each["date"]
        for each in found
        if each["activity_id"] == meal and each["status"] == "confirmed" and each["date"] < after.isoformat()
    )


def _refund(cast: Cast) -> str:
    credit = _meals_account(cast)["credit_cents"]
    check(credit > 0, "the family is owed nothing")
    payment = next(
        each
        for each in cast.family.get("payments", "payments")["items"]
        if each["status"] == "settled" and each["regie_id"] == regie_of_meals(cast)
    )
    path = f"payments/{payment['payment_id']}/refunds"
    plan = cast.admin.api("GET", "billing", f"{path}/plan", params={"amount_cents": credit})
    check(plan["from_credit_cents"] == credit and not plan["due_again"], f"the plan is {plan}")
    body = {"amount_cents": credit, "reason": "Trop-perçu"}
    cast.admin.once("billing", path, json=body, expect=201)
    check(_meals_account(cast)["credit_cents"] == 0, "the credit is still there")
    subject = cast.mail(cast.family.email, "remboursement")["subject"]
    return f"{euros(credit)} — {subject}"


def _statement(cast: Cast) -> str:
    account = _meals_account(cast)
    told = cast.family.get("billing", f"accounts/{account['account_id']}/statement")
    check(told["closing_cents"] == 0, f"the balance is {told['closing_cents']}")
    kinds = [each["kind"] for each in told["movements"]]
    check({"invoice", "payment", "refund_ordered"} <= set(kinds), f"the statement says {kinds}")
    return f"{len(kinds)} movements, balance {euros(0)}"
