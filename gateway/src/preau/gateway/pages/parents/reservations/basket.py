"""The basket as the page shows it: by child and activity, with prices and what stands in the way."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from uuid import uuid4

from preau.common.logging import logger
from preau.gateway.api.models.billing import QuoteLineOut, QuoteOut
from preau.gateway.api.models.reservations import BasketOut, LineOut, RefusalOut
from preau.gateway.api.problems import UpstreamProblem
from preau.gateway.pages.input_values import day_of
from preau.gateway.pages.parents.context import ParentContext

log = logger(__name__)

Priced = dict[tuple[str, str, date], QuoteLineOut]
"""The prices by child, activity and day."""


@dataclass(frozen=True, slots=True)
class BasketLine:
    """A day to book or to cancel; ``amount_cents`` is None where there is no price."""

    line_id: str
    date: date
    action: str
    activity_label: str
    problem: RefusalOut | None
    amount_cents: int | None


@dataclass(frozen=True, slots=True)
class BasketPart:
    """The lines of one child for one activity, all to book or all to cancel."""

    key: str
    label: str
    site_label: str
    action: str
    lines: list[BasketLine]
    explanations: list[str]

    @property
    def amount_cents(self) -> int:
        return sum(line.amount_cents or 0 for line in self.lines)

    @property
    def has_problem(self) -> bool:
        return any(line.problem for line in self.lines)


@dataclass(frozen=True, slots=True)
class BasketGroup:
    """What the basket holds for one child."""

    child_name: str
    summary: str
    parts: list[BasketPart]


@dataclass(frozen=True, slots=True)
class BasketView:
    """The basket with its prices; ``quote`` is None when billing cannot say them."""

    lines: list[LineOut]
    groups: list[BasketGroup]
    quote: QuoteOut | None
    order_key: str = field(default_factory=lambda: str(uuid4()))
    """Makes a validation happen once."""

    @property
    def context(self) -> dict[str, object]:
        """What the basket's templates need."""
        return {"basket": self, "order_key": self.order_key}

    @property
    def count(self) -> int:
        return len(self.lines)

    @property
    def bookings(self) -> int:
        return sum(1 for line in self.lines if line.action == "book")

    @property
    def cancellations(self) -> int:
        return self.count - self.bookings

    @property
    def problems(self) -> list[LineOut]:
        return [line for line in self.lines if line.problem]

    @property
    def has_prepaid(self) -> bool:
        return any(line.payment_mode == "prepaid" and line.action == "book" for line in self.lines)

    @property
    def in_words(self) -> str:
        """The basket in a sentence, for readers of the screen after a change."""
        if self.count == 0:
            return "Panier vide."
        lines = f"Panier : {self.count} ligne{'s' if self.count > 1 else ''}"
        cents = self.quote.total_cents if self.quote else 0
        return f"{lines}, {cents / 100:.2f} euros.".replace(".", ",", 1) if cents else f"{lines}."


async def basket_view(parent: ParentContext, basket: BasketOut | None = None) -> BasketView:
    """The basket as it stands, priced."""
    basket = basket or await parent.reservations.basket()
    quote = await quote_of(parent, basket.lines)
    prices = {(line.child_id, line.activity_id, line.date): line for line in quote.lines} if quote else {}
    return BasketView(basket.lines, _groups(basket, prices), quote)


async def quote_of(parent: ParentContext, lines: list[LineOut]) -> QuoteOut | None:
    """What the bookings of the basket cost, None when billing cannot say: the basket stands all the same."""
    asked = [
        {"child_id": line.child_id, "activity_id": line.activity_id, "date": line.date}
        for line in lines
        if line.action == "book"
    ]
    if not asked:
        return None
    try:
        return await parent.billing.quote({"lines": asked})
    except UpstreamProblem as problem:
        log.warning("the basket has no price", status=problem.status, type=problem.type)
        return None


def _groups(basket: BasketOut, prices: Priced) -> list[BasketGroup]:
    """The lines by child, then by activity and what is asked."""
    return [
        BasketGroup(
            group.child_name,
            group.summary,
            _parts([line for line in basket.lines if line.child_id == group.child_id], prices),
        )
        for group in basket.groups
    ]


def _parts(lines: list[LineOut], prices: Priced) -> list[BasketPart]:
    def part(line: LineOut) -> tuple[str, str, str, str]:
        return line.site_label, line.activity_label, line.activity_id, line.action

    ordered = sorted(lines, key=lambda line: (*part(line), line.date))
    return [_part(list(together), prices) for _, together in groupby(ordered, part)]


def _part(lines: list[LineOut], prices: Priced) -> BasketPart:
    first = lines[0]
    priced = [(line, prices.get((line.child_id, line.activity_id, line.date))) for line in lines]
    return BasketPart(
        key=f"{first.child_id}.{first.activity_id}.{first.action}",
        label=first.activity_label,
        site_label=first.site_label,
        action=first.action,
        lines=[
            BasketLine(
                line.line_id,
                line.date,
                line.action,
                line.activity_label,
                line.problem,
                price.amount_cents if price else None,
            )
            for line, price in priced
        ],
        explanations=list(
            dict.fromkeys(price.explanation for _, price in priced if price and price.explanation)
        ),
    )


def parse_line(value: str) -> tuple[str, date]:
    """The activity and the day of a cell's button. Raises ValueError when it is neither."""
    activity_id, _, text = value.partition("|")
    day = day_of(text)
    if day is None:
        raise ValueError(value)
    return activity_id, day
