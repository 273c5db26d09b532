"""What an agent may state as a tariff: declarative, without code, and checked before it counts.

A tariff prices one act (a booking, a unit, a begun quarter of an hour, a month): its first row whose
conditions hold gives a price, its steps change it in their order, and the result is rounded half up to the
cent, once. Amounts are euro cents; quotients are euros with two decimals. Bands are half-open: ``from``
included, ``to`` excluded; the last one has no ``to``.
"""

from datetime import time
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from preau.billing.tariffs.conditions import Code, Conditions, Stated
from preau.common.http.texts import Line
from preau.common.money import Cents

Amount = Annotated[Cents, Field(ge=0, le=1_000_000)]
SignedAmount = Annotated[Cents, Field(ge=-1_000_000, le=1_000_000)]
Label = Annotated[Line, Field(max_length=80)]
Quotient = Annotated[Decimal, Field(ge=0, le=1_000_000, decimal_places=2)]
Minutes = Literal[15, 30, 60]


class Highest(Stated):
    """Who has no quotient pays the dearest."""

    kind: Literal["highest"]


class NamedBand(Stated):
    """Who has no quotient pays a band."""

    kind: Literal["band"]
    label: Label


class FixedPrice(Stated):
    """A price of its own."""

    kind: Literal["price"]
    amount_cents: Amount


Missing = Annotated[Highest | NamedBand | FixedPrice, Field(discriminator="kind")]


class QuotientPolicy(Stated):
    """From when a quotient counts, and what is paid without one.

    It counts from its date of effect, or from the first of the month after it; one that is not
    ``retroactive`` not before the day on which it was recorded (the month after that day).
    """

    counts: Literal["its_day", "next_month"] = "its_day"
    retroactive: bool = True
    missing: Missing = Highest(kind="highest")


class ByUnit(Stated):
    """The units that are booked, one unless attendance counted others."""

    kind: Literal["units"]


class BySlice(Stated):
    """Slices of ``minutes`` of the stay, or of what passes the closing time; begun ones count.

    Without arrival and departure the units that are booked count.
    """

    kind: Literal["slices"]
    minutes: Minutes
    of: Literal["stay", "overrun"] = "stay"
    closing: time | None = None


class ByBooking(Stated):
    """One a booking, whatever attendance counts of it."""

    kind: Literal["booking"]


class ByMonth(Stated):
    """The month as planned: one a child and month, due once one booking of it is (forfait mensuel)."""

    kind: Literal["month"]


class ByCard(Stated):
    """A card a child and month, due with its first booking."""

    kind: Literal["card"]


Quantity = Annotated[ByUnit | BySlice | ByBooking | ByMonth | ByCard, Field(discriminator="kind")]


class Flat(Stated):
    """The same price for all."""

    kind: Literal["flat"]
    amount_cents: Amount


class Band(Stated):
    """The price from ``lower`` (included) to ``upper`` (excluded; ``None``: no end)."""

    lower: Quotient = Field(alias="from")
    upper: Quotient | None = Field(alias="to", default=None)
    label: Label = Field(min_length=1)
    amount_cents: Amount

    def holds(self, value: Decimal) -> bool:
        return self.lower <= value and (self.upper is None or value < self.upper)


class Bands(Stated):
    """A price by band, of the quotient or of the number of children."""

    kind: Literal["bands"]
    of: Literal["quotient", "children"] = "quotient"
    bands: tuple[Band, ...] = Field(min_length=1, max_length=50)
    missing: Missing | None = None


class EffortRate(Stated):
    """``rate`` × quotient in euros, between a floor and a ceiling (taux d'effort)."""

    kind: Literal["effort_rate"]
    rate: Decimal = Field(gt=0, le=1, decimal_places=8)
    floor_cents: Amount
    ceiling_cents: Amount
    missing: Missing | None = None


Priced = Annotated[Flat | Bands | EffortRate, Field(discriminator="kind")]


class Row(Stated):
    """A price and for whom it is: the first row of a tariff that holds gives it."""

    label: Label = ""
    when: Conditions = Conditions()
    price: Priced


class _Step(Stated):
    """Something that changes the price of whom it is for; ``label`` is what the line says of it."""

    label: Label = ""
    when: Conditions = Conditions()


class Shift(_Step):
    """So many bands up (dearer) or, below zero, down; not beyond the first and the last one."""

    kind: Literal["shift"]
    bands: int = Field(ge=-20, le=20)


class Multiply(_Step):
    """The price so many times."""

    kind: Literal["multiply"]
    factor: Decimal = Field(gt=0, le=100, decimal_places=4)


class Percent(_Step):
    """So much of a hundred more or, below zero, less."""

    kind: Literal["percent"]
    percent: Decimal = Field(ge=-100, le=1000, decimal_places=2)


class Add(_Step):
    """So much more or, below zero, less; a price never falls below nought."""

    kind: Literal["add"]
    amount_cents: SignedAmount


class Replace(_Step):
    """A price of its own in the place of all that came before."""

    kind: Literal["replace"]
    amount_cents: Amount


class Bounds(_Step):
    """A floor and a ceiling."""

    kind: Literal["bounds"]
    floor_cents: Amount = 0
    ceiling_cents: Amount | None = None


Step = Annotated[Shift | Multiply | Percent | Add | Replace | Bounds, Field(discriminator="kind")]


class Supplement(Stated):
    """A line of its own: late booking, presence without a booking, late pick-up.

    ``amount_cents``, or so much of a hundred of the unit price; by slice of what passes the closing time
    where ``slices`` says so. ``once`` tells how often: each act, or once a child or family and day or month.
    """

    label: Label = Field(min_length=1)
    when: Conditions = Conditions()
    amount_cents: Amount | None = None
    percent: Annotated[Decimal, Field(gt=0, le=1000, decimal_places=2)] | None = None
    slices: BySlice | None = None
    once: Literal["act", "child_day", "family_day", "child_month", "family_month"] = "act"


class Free(Stated):
    """Whom nothing is asked of."""

    label: Label = Field(min_length=1)
    when: Conditions


class Component(Stated):
    """A part of the price (meal, supervision): so much of a hundred, or an amount; the last takes the rest.

    The tax certificate counts what is no ``food``.
    """

    code: Code
    label: Label = Field(min_length=1)
    food: bool = False
    percent: Annotated[Decimal, Field(ge=0, le=100, decimal_places=2)] | None = None
    amount_cents: Amount | None = None


class TariffDefinition(Stated):
    """A tariff whole. ``siblings`` says who is counted for rank and number of children: those of the
    family's record, or those enrolled at the activity in the month."""

    quotient: QuotientPolicy = QuotientPolicy()
    quantity: Quantity = ByUnit(kind="units")
    siblings: Literal["record", "enrolled"] = "record"
    rows: tuple[Row, ...] = Field(min_length=1, max_length=50)
    steps: tuple[Step, ...] = Field(default=(), max_length=50)
    supplements: tuple[Supplement, ...] = Field(default=(), max_length=20)
    free: tuple[Free, ...] = Field(default=(), max_length=20)
    components: tuple[Component, ...] = Field(default=(), max_length=10)


DEFINITION: TypeAdapter[TariffDefinition] = TypeAdapter(TariffDefinition)
"""Reads a definition as it is stored."""


def stored(definition: TariffDefinition) -> dict[str, object]:
    """A definition as JSON, without what it leaves out."""
    return definition.model_dump(mode="json", by_alias=True, exclude_defaults=True)
