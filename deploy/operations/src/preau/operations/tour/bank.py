"""The sandbox bank, as a browser meets it."""

from typing import Any
from urllib.parse import urlsplit

from preau.operations.tour.cast import Cast, Household
from preau.operations.tour.story import check, wait_until


def begin_payment(household: Household, invoice_ids: list[str]) -> dict[str, Any]:
    """Start the payment of invoices of one régie; they become payable a moment after their issue."""

    def look() -> dict[str, Any] | None:
        answer = household.once(
            "payments", "payments", json={"invoice_ids": invoice_ids}, expect=(201, 404, 409)
        )
        return answer if "payments" in answer else None

    payments = wait_until(look, "the invoices are payable")["payments"]
    check(len(payments) == 1, "one régie should make one payment")
    return payments[0]


def at_the_bank(cast: Cast, payment: dict[str, Any], action: str) -> str:
    """Go to the bank's page and press a button; gives the address that the bank sends the parent back to."""
    address = urlsplit(str(payment["redirect_url"]))
    page = cast.anyone.page("GET", f"{cast.url}{address.path}")
    check(
        page.status_code == 200 and "essai" in page.text.lower(),
        f"the bank's page answered {page.status_code}",
    )
    pressed = cast.anyone.page("POST", f"{cast.url}{address.path}", data={"action": action})
    check(pressed.status_code == 303, f"the bank answered {pressed.status_code}: {pressed.text[:300]}")
    return pressed.headers["location"]


def final_payment(household: Household, payment_id: str) -> dict[str, Any]:
    """Wait for the payment's end."""

    def look() -> dict[str, Any] | None:
        payment = household.get("payments", f"payments/{payment_id}")
        return payment if payment["status"] not in ("created", "redirected", "pending") else None

    return wait_until(look, "the payment is final")
