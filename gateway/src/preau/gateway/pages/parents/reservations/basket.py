"""The basket as the page shows it: by child and activity, with prices and what stands in the way."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import Any
from uuid import uuid4

from preau.common.logging import logger
from preau.gateway.api.problems import UpstreamProblem
from preau.gateway.pages.input_values import day_of
from preau.gateway.pages.parents.context import ParentContext

log = logger(__name__)

Line = dict[str, Any]


async def quote_of(parent: ParentContext, lines: list[Line]) -> dict[str, Any] | None:
    """What the bookings of the basket cost, None when billing cannot say: the basket stands all the same."""
    asked = [
        {"child_id": line["child_id"], "activity_id": line["activity_id"], "date": line["date"]}
        for line in lines
        if line["action"] == "book"
    ]
    if not asked:
        return None
    try:
        return await parent.post("billing", "quotes", {"lines": asked})
    except UpstreamProblem as problem:
        log.warning("the basket has no price", status=problem.status, type=problem.type)
        return None


def _groups(
    basket: dict[str, Any], priced: dict[tuple[str, str, str], dict[str, Any]]
) -> list[dict[str, Any]]:
    """The lines by child, then by activity and what is asked."""
    by_child: dict[str, dict[tuple[str, str], list[Line]]] = defaultdict(lambda: defaultdict(list))
    for line in sorted(
        basket["lines"], key=lambda each: (each["site_label"], each["activity_label"], each["date"])
    ):
        price = priced.get((line["child_id"], line["activity_id"], line["date"])) or {}
        line["amount_cents"] = price.get("amount_cents")
        line["explanation"] = price.get("explanation") or ""
        by_child[line["child_id"]][(line["activity_id"], line["action"])].append(line)
    groups: list[dict[str, Any]] = []
    for group in basket["groups"]:
        parts = [
            {
                "key": f"{group['child_id']}.{activity_id}.{action}",
                "label": lines[0]["activity_label"],
                "site_label": lines[0]["site_label"],
                "action": action,
                "prepaid": lines[0]["payment_mode"] == "prepaid",
                "lines": lines,
                "amount_cents": sum(line["amount_cents"] or 0 for line in lines),
                "has_problem": any(line["problem"] for line in lines),
                "explanations": list(
                    dict.fromkeys(line["explanation"] for line in lines if line["explanation"])
                ),
            }
            for (activity_id, action), lines in by_child[group["child_id"]].items()
        ]
        groups.append({"child_name": group["child_name"], "summary": group["summary"], "parts": parts})
    return groups


async def basket_view(parent: ParentContext, basket: dict[str, Any] | None = None) -> dict[str, Any]:
    """What the basket's templates need; ``order_key`` makes a validation happen once."""
    if basket is None:
        basket = await parent.get("reservations", "basket")
    assert basket is not None  # noqa: S101 - the service answers one
    lines: list[Line] = basket["lines"]
    quote = await quote_of(parent, lines)
    priced = {
        (line["child_id"], line["activity_id"], line["date"]): line for line in (quote or {}).get("lines", [])
    }
    return {
        "basket": {
            "groups": _groups(basket, priced),
            "count": len(lines),
            "bookings": sum(1 for line in lines if line["action"] == "book"),
            "cancellations": sum(1 for line in lines if line["action"] == "cancel"),
            "problems": [line for line in lines if line["problem"]],
            "has_prepaid": any(
                line["payment_mode"] == "prepaid" and line["action"] == "book" for line in lines
            ),
            "quote": quote,
        },
        "order_key": str(uuid4()),
    }


def spoken(basket: dict[str, Any]) -> str:
    """The basket in a sentence, for readers of the screen after a change."""
    count = basket["count"]
    if count == 0:
        return "Panier vide."
    quote: dict[str, Any] = basket["quote"] or {}
    cents: int | None = quote.get("total_cents")
    lines = f"Panier : {count} ligne{'s' if count > 1 else ''}"
    return f"{lines}, {cents / 100:.2f} euros.".replace(".", ",", 1) if cents else f"{lines}."


def parse_line(value: str) -> tuple[str, date]:
    """The activity and the day of a cell's button. Raises ValueError when it is neither."""
    activity_id, _, text = value.partition("|")
    day = day_of(text)
    if day is None:
        raise ValueError(value)
    return activity_id, day
