"""What days cost, as billing says it; a page stands without its prices."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from preau.common.logging import logger
from preau.gateway.api.models.billing import QuoteLineOut, QuoteOut
from preau.gateway.api.problems import UpstreamProblem
from preau.gateway.pages.parents.context import ParentContext

log = logger(__name__)

DayKey = tuple[str, str, date]
"""A child, an activity, a day."""
Priced = dict[DayKey, QuoteLineOut]


@dataclass(frozen=True, slots=True)
class Total:
    """What several days cost, and how much of it is to be paid at once."""

    total_cents: int
    prepaid_cents: int


async def quote_of(parent: ParentContext, days: Iterable[DayKey]) -> QuoteOut | None:
    """The price of the days, None for no day and when billing cannot say."""
    asked = [
        {"child_id": child_id, "activity_id": activity_id, "date": day} for child_id, activity_id, day in days
    ]
    if not asked:
        return None
    try:
        return await parent.billing.quote({"lines": asked})
    except UpstreamProblem as problem:
        log.warning("days have no price", status=problem.status, type=problem.type)
        return None


def by_day(quote: QuoteOut | None) -> Priced:
    """The prices by child, activity and day."""
    lines = quote.lines if quote else []
    return {(line.child_id, line.activity_id, line.date): line for line in lines}


def total_of(prices: Priced, days: Collection[DayKey]) -> Total | None:
    """What some of the priced days come to, None for no day and where billing could not say."""
    if not days or not prices:
        return None
    lines = [prices[day] for day in days if day in prices]
    return Total(
        sum(line.amount_cents or 0 for line in lines),
        sum(line.amount_cents or 0 for line in lines if line.payment_mode == "prepaid"),
    )
