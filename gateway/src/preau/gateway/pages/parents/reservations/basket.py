"""The basket as the page shows it: by child and activity, with prices and what stands in the way."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from uuid import uuid4

from preau.gateway.api.models.billing import QuoteOut
from preau.gateway.api.models.reservations import BasketOut, FamilyChildOut, LineOut, RefusalOut
from preau.gateway.pages.input_values import day_of
from preau.gateway.pages.parents.context import ParentContext
from preau.gateway.pages.parents.reservations.prices import DayKey, Priced, Total, by_day, quote_of, total_of
from preau.gateway.pages.parents.reservations.weeks import Intent


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

    child_id: str
    child_name: str
    summary: str
    parts: list[BasketPart]
    alike: list[FamilyChildOut]
    """The brothers and sisters for whom the same days are not in the basket yet."""


@dataclass(frozen=True, slots=True)
class BasketView:
    """The basket with its prices; ``quote`` is None when billing cannot say them."""

    lines: list[LineOut]
    groups: list[BasketGroup]
    quote: Total | None
    restorable: int
    """How many lines were in it when it was emptied, and can come back."""
    returned: Total | None = None
    """What the days that are to be cancelled cost, None when there are none or billing cannot say."""
    order_key: str = field(default_factory=lambda: str(uuid4()))
    """Makes a validation happen once."""

    @property
    def context(self) -> dict[str, object]:
        """What the basket's templates need."""
        return {"basket": self, "order_key": self.order_key}

    @property
    def seal(self) -> str:
        """A short name for what it holds: validating says which basket was seen."""
        return seal_of(self.lines)

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
    def asks_to_pay(self) -> bool:
        """Whether something is paid at once, as far as its price is known."""
        prepaid = any(line.payment_mode == "prepaid" and line.action == "book" for line in self.lines)
        return prepaid and (self.quote is None or self.quote.prepaid_cents > 0)

    @property
    def in_words(self) -> str:
        """The basket in a sentence, for readers of the screen after a change."""
        if self.count == 0:
            return "Panier vide."
        lines = f"Panier : {self.count} ligne{'s' if self.count > 1 else ''}"
        cents = self.quote.total_cents if self.quote else 0
        return f"{lines}, {cents / 100:.2f} euros.".replace(".", ",", 1) if cents else f"{lines}."


def seal_of(lines: list[LineOut]) -> str:
    """A short name for the lines of a basket, whatever their order."""
    told = ",".join(sorted(f"{line.line_id}{line.action}" for line in lines))
    return hashlib.sha256(told.encode()).hexdigest()[:16]


async def basket_view(parent: ParentContext, basket: BasketOut) -> BasketView:
    """The basket, priced."""
    return view_of(basket, await quote_of(parent, map(_key, basket.lines)))


def view_of(basket: BasketOut, quote: QuoteOut | None) -> BasketView:
    """The basket with the prices of all its lines."""
    if not basket.lines:
        return BasketView([], [], None, basket.restorable)
    days: dict[str, list[DayKey]] = {"book": [], "cancel": []}
    for line in basket.lines:
        days[line.action].append(_key(line))
    prices = by_day(quote)
    return BasketView(
        basket.lines,
        _groups(basket, prices),
        total_of(prices, days["book"]),
        basket.restorable,
        total_of(prices, days["cancel"]),
    )


def _key(line: LineOut) -> DayKey:
    return line.child_id, line.activity_id, line.date


def _groups(basket: BasketOut, prices: Priced) -> list[BasketGroup]:
    """The lines by child, then by activity and what is asked."""
    return [
        BasketGroup(
            group.child_id,
            group.child_name,
            group.summary,
            _parts([line for line in basket.lines if line.child_id == group.child_id], prices),
            [each for each in basket.children if _lacks(each.child_id, group.child_id, basket.lines)],
        )
        for group in basket.groups
    ]


def _lacks(child_id: str, model_id: str, lines: list[LineOut]) -> bool:
    """Whether a day that is to be booked for one child is not in the basket for the other."""
    held = {(line.activity_id, line.date) for line in lines if line.child_id == child_id}
    wanted = booked_for(model_id, lines)
    return child_id != model_id and any((line.activity_id, line.date) not in held for line in wanted)


def booked_for(child_id: str, lines: list[LineOut]) -> list[LineOut]:
    """The lines of a basket that book for one child."""
    return [line for line in lines if line.child_id == child_id and line.action == "book"]


def _parts(lines: list[LineOut], prices: Priced) -> list[BasketPart]:
    def part(line: LineOut) -> tuple[str, str, str, str]:
        return line.site_label, line.activity_label, line.activity_id, line.action

    ordered = sorted(lines, key=lambda line: (*part(line), line.date))
    return [_part(list(together), prices) for _, together in groupby(ordered, part)]


def _part(lines: list[LineOut], prices: Priced) -> BasketPart:
    first = lines[0]
    priced = [(line, prices.get(_key(line))) for line in lines]
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


def parse_line(value: str) -> tuple[str, date, Intent]:
    """The activity, the day and the intent of a cell's button. Raises ValueError when it is none."""
    activity_id, text, intent = [*value.split("|"), "", ""][:3]
    day = day_of(text)
    if day is None or intent not in ("book", "cancel", "remove"):
        raise ValueError(value)
    return activity_id, day, intent
