"""Chapter 5: attendance, and the month-end billing of a régie."""

import re
from datetime import date, timedelta
from typing import Any

from preau.operations.tour.calendar_days import dated, today
from preau.operations.tour.cast import SCHOOL_MEALS, Cast
from preau.operations.tour.story import Narrator, NotSo, check, wait_until
from preau.wording.amounts import euros


def attendance_and_billing(narrator: Narrator, cast: Cast) -> None:
    """Mark a day, rehearse, run and issue two months of the régie."""
    narrator.step("The agent marks the day", lambda: _mark(cast))
    assert cast.attended_on is not None  # noqa: S101 - chapter 4 chose the day
    this_month = cast.attended_on.replace(day=1)
    next_month = (this_month + timedelta(days=32)).replace(day=1)
    for month in (this_month, next_month):
        narrator.step(f"The billing of {month:%B %Y} is prepared", lambda month=month: _compute(cast, month))
        narrator.step("The preview explains each line", lambda: _preview(cast))
        narrator.step("The invoices are issued, their numbers without a gap", lambda: _issue(cast))
    narrator.step("The invoice is a PDF", lambda: _pdf(cast))
    narrator.step(
        "Le courriel de facture arrive",
        lambda: cast.mail(cast.family.email, "facture", "à régler")["subject"],
    )


def _mark(cast: Cast) -> str:
    meal = cast.activity(SCHOOL_MEALS, "Repas")["activity_id"]
    assert cast.attended_on is not None  # noqa: S101
    day = cast.attended_on.isoformat()
    listed = cast.admin.api("GET", "reservations", "attendance", params={"activity_id": meal, "date": day})[
        "items"
    ]
    ours = {child["child_id"] for child in cast.family.children}
    rows = [row for row in listed if row["child_id"] in ours]
    check(len(rows) == 2, f"{len(rows)} of our children are on the list")
    marks = [
        {"booking_id": row["booking_id"], "present": number == 0, "justified": False, "units": 1}
        for number, row in enumerate(rows)
    ]
    cast.admin.api("POST", "reservations", "attendance", json={"marks": marks})
    tomorrow = (today() + timedelta(days=1)).isoformat()
    ahead = cast.admin.api(
        "GET", "reservations", "attendance", params={"activity_id": meal, "date": tomorrow}
    )["items"]
    if ahead:
        early = {"booking_id": ahead[0]["booking_id"], "present": True, "justified": False, "units": 1}
        cast.admin.api("POST", "reservations", "attendance", json={"marks": [early]}, expect=409)
    return f"on {dated(day)}: one present, one absent without justification"


def regie_of_meals(cast: Cast) -> str:
    meal = cast.activity(SCHOOL_MEALS, "Repas")["activity_id"]
    return cast.admin.api("GET", "reservations", f"activities/{meal}")["regie_id"]


def _compute(cast: Cast, month: date) -> str:
    regie_id = regie_of_meals(cast)
    body = {"regie_id": regie_id, "period": f"{month:%Y-%m}", "kind": "month_end"}
    cast.run_id = begin(cast, body) or begin(cast, {**body, "kind": "complement"}) or ""
    done = wait_until(lambda: computed(cast), "the run is computed")
    return (
        f"{done['chunks_done']}/{done['chunks_total']} chunks, {done['families']} families,"
        f" {euros(done['total_cents'])}"
    )


def begin(cast: Cast, body: dict[str, Any]) -> str | None:
    """Begin a run, or take up the one whose answer was lost; None when the month is issued already.

    Raises `NotSo` while somebody else's is under way.
    """
    asked = {"regie_id": body["regie_id"], "period": body["period"]}
    before = cast.admin.api("GET", "billing", "runs", params=asked)["items"]
    begun = cast.admin.api("POST", "billing", "runs", json=body, expect=(201, 202, 409))
    if "chunks_total" in begun:
        return begun["run_id"]
    if "run_status" not in begun:
        raise NotSo(begun["detail"])
    if begun["run_status"] == "issued":
        return None
    if begun["run_id"] in {run["run_id"] for run in before}:
        raise NotSo(f"a run of {body['period']} is under way: issue it or give it up")
    return begun["run_id"]


def _run(cast: Cast) -> dict[str, Any]:
    return cast.admin.api("GET", "billing", f"runs/{cast.run_id}")


def computed(cast: Cast) -> dict[str, Any] | None:
    run = _run(cast)
    if run["status"] == "discarded":
        raise NotSo("the run was discarded")
    return run if run["status"] == "computed" else None


def _preview(cast: Cast) -> str:
    found = all_items(cast, f"runs/{cast.run_id}/invoices")
    ours = [invoice for invoice in found if invoice["family_id"] == cast.family.family_id]
    check(len(ours) == 1, f"{len(ours)} invoices for the family instead of one")
    invoice = cast.admin.api("GET", "billing", f"invoices/{ours[0]['invoice_id']}")
    lines = invoice["lines"]
    check(sum(line["amount_cents"] for line in lines) == invoice["total_cents"], "the lines do not sum up")
    check(all("612" in line["explanation"] for line in lines), "a line does not explain its bracket")
    check(not invoice.get("number"), "a draft has a number already")
    return f"{len(lines)} lines, {euros(invoice['total_cents'])} — {lines[0]['explanation']}"


def all_items(cast: Cast, path: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = []
    cursor: str | None = None
    while True:
        params = {"cursor": cursor} if cursor else {}
        page = cast.admin.api("GET", "billing", path, params=params)
        items += page["items"]
        cursor = page.get("next_cursor")
        if not cursor:
            return items


def issue(cast: Cast) -> dict[str, Any]:
    """Have the run issued: drafts are made again as long as billing hears of something new meanwhile."""

    def settled() -> dict[str, Any] | None:
        run = _run(cast)
        return run if run["status"] in ("issued", "computed") else None

    while True:
        told = cast.admin.once("billing", f"runs/{cast.run_id}/issue", json={}, expect=(202, 409))
        if told.get("type", "").endswith("/drafts-stale"):
            cast.admin.api("POST", "billing", f"runs/{cast.run_id}/recompute", expect=202)
        elif "chunks_total" not in told:
            raise NotSo(f"the run cannot be issued: {told}")
        run = wait_until(settled, "the run is issued")
        if run["status"] == "issued":
            return run


def _issue(cast: Cast) -> str:
    run = issue(cast)
    issued = all_items(cast, f"runs/{cast.run_id}/invoices")
    numbers = sorted(int(re.findall(r"\d+", invoice["number"])[-1]) for invoice in issued)
    check(len(numbers) == run["families"], f"{len(numbers)} numbers for {run['families']} families")
    check(numbers == list(range(numbers[0], numbers[0] + len(numbers))), f"gaps in the numbers: {numbers}")
    ours = next(invoice for invoice in issued if invoice["family_id"] == cast.family.family_id)
    cast.invoices.append(ours)
    return f"{len(numbers)} invoices, ours is {ours['number']}"


def _pdf(cast: Cast) -> str:
    content = cast.family.get("billing", f"invoices/{cast.invoices[0]['invoice_id']}/pdf")
    check(content.startswith(b"%PDF-"), "that is no PDF")
    cast.rivals.get("billing", f"invoices/{cast.invoices[0]['invoice_id']}/pdf", expect=404)
    return f"{len(content) / 1000:.0f} kB; 404 for the other family"
