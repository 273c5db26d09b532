"""Chapter 6: two invoices in one payment."""

from typing import Any

from preau.operations.tour.bank import at_the_bank, begin_payment, final_payment
from preau.operations.tour.calendar_days import dated
from preau.operations.tour.cast import Cast
from preau.operations.tour.story import Narrator, check, wait_until
from preau.wording.amounts import euros


def paying(narrator: Narrator, cast: Cast) -> None:
    """Found by régie with a due date, selected together, paid once, both paid."""
    payment: dict[str, Any] = {}
    narrator.step("The invoices: by régie, with a due date", lambda: _open(cast))
    narrator.step("A payment given up pays nothing", lambda: _give_up(cast))
    narrator.step("Both invoices are paid together", lambda: _pay(cast, payment))
    narrator.step("Both invoices are settled", lambda: _settled(cast))
    narrator.step("The receipt says what was paid", lambda: _receipt(cast, payment))


def _ids(cast: Cast) -> list[str]:
    return [invoice["invoice_id"] for invoice in cast.invoices]


def _invoices(cast: Cast, status: str) -> list[dict[str, Any]]:
    items = cast.family.get("billing", "invoices", params={"status": status})["items"]
    return [item for item in items if item["invoice_id"] in _ids(cast)]


def _open(cast: Cast) -> str:
    found = _invoices(cast, "open")
    check(len(found) == 2, f"{len(found)} open invoices instead of two")
    check(all(item["due_date"] and item["regie_label"] for item in found), "due date or régie is missing")
    return "; ".join(
        f"{item['regie_label']} {item['number']} {euros(item['due_cents'])}, due on {dated(item['due_date'])}"
        for item in found
    )


def _give_up(cast: Cast) -> str:
    payment = begin_payment(cast.family, _ids(cast))
    at_the_bank(cast, payment, "cancel")
    ended = final_payment(cast.family, payment["payment_id"])
    check(ended["status"] == "cancelled", f"the payment is {ended['status']}")
    check(len(_invoices(cast, "open")) == 2, "an invoice was paid by a payment that was given up")
    return "still two invoices to pay"


def _pay(cast: Cast, kept: dict[str, Any]) -> str:
    payment = begin_payment(cast.family, _ids(cast))
    due = sum(item["due_cents"] for item in _invoices(cast, "open"))
    check(payment["amount_cents"] == due, f"{payment['amount_cents']} instead of {due} cents")
    at_the_bank(cast, payment, "pay")
    kept.update(final_payment(cast.family, payment["payment_id"]))
    check(kept["status"] == "settled", f"the payment is {kept['status']}")
    return euros(due)


def _settled(cast: Cast) -> str:
    paid = wait_until(lambda: found if len(found := _invoices(cast, "paid")) == 2 else None, "both are paid")
    check(all(item["due_cents"] == 0 for item in paid), "something is still due")
    return ", ".join(item["number"] for item in paid)


def _receipt(cast: Cast, payment: dict[str, Any]) -> str:
    receipt = cast.family.get("payments", f"payments/{payment['payment_id']}/receipt")
    check(receipt["amount_cents"] == payment["amount_cents"], "the receipt says another amount")
    cast.mail(cast.family.email, payment["receipt_number"])
    return f"receipt {receipt['receipt_number']}, by mail too"
