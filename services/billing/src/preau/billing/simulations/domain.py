"""What two tariffs ask for the same charges, compared. Pure."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import count
from typing import Literal, NamedTuple

from preau.billing.runs.computing.pricing import Key, RunPrices
from preau.billing.tariffs.definition import Bands, EffortRate, Flat, TariffDefinition
from preau.billing.tariffs.domain import Price
from preau.billing.tariffs.steps import CEILING, FLOOR
from preau.common.money import Cents

Side = Literal["now", "draft"]
"""The tariffs in force, or the one that is tried."""

CLASSES = 5
"""The classes of the differences on each side of nought."""
MOST_OF_ALL = 0.95
"""So many families lie within the classes that have two ends."""


class Segment(NamedTuple):
    """What of a tariff gave a price: a row by its place and its label, and a band by its label.

    Of an effort rate ``band`` is its floor or its ceiling where they held; "" where nothing divides the row.
    ``place`` is the band's in its row.
    """

    row: int
    place: int
    row_label: str
    band: str
    quotient_is_missing: bool

    @property
    def name(self) -> tuple[str, str, bool]:
        """What the segments of two tariffs may have in common: a row without a label goes by its place."""
        return self.row_label or str(self.row), self.band, self.quotient_is_missing


class PricedKey(NamedTuple):
    """What a key is asked a charge, without what is asked once; ``segment`` is its number."""

    key_no: int
    side: Side
    segment: int
    cents: Cents


class OnceAsked(NamedTuple):
    """A supplement of a key that is asked once: of a child or a family, a day or a month."""

    key_no: int
    side: Side
    segment: int
    label: str
    of_child: bool
    of_day: bool
    cents: Cents


class Priced(NamedTuple):
    """The prices of the keys of a month."""

    keys: Sequence[PricedKey]
    once: Sequence[OnceAsked]


class Pricing:
    """Prices the distinct keys of a simulation by both tariffs, and remembers their segments."""

    def __init__(self, now: Sequence[TariffDefinition], draft: TariffDefinition) -> None:
        self._definitions = [*now, draft]
        self._prices = RunPrices(self._definitions, {})
        self._segments: list[Segment] = []
        self._numbers: dict[tuple[str, str, bool], int] = {}

    @property
    def segments(self) -> Sequence[Segment]:
        """By their numbers; one that both sides have is as the draft has it."""
        return self._segments

    def priced(self, keys: Iterable[Key]) -> Priced:
        """The prices of keys; a tariff is one of those in force, but the last one."""
        priced: list[PricedKey] = []
        once: list[OnceAsked] = []
        for key in keys:
            made = self._prices.of(key.tariff_no, key.facts)
            side: Side = "draft" if key.tariff_no == len(self._definitions) - 1 else "now"
            segment = self._number(_segment(self._definitions[key.tariff_no], made), side)
            priced.append(PricedKey(key.key_no, side, segment, _each_time(made)))
            for extra in made.supplements:
                if extra.once != "act":
                    whose, span = extra.once.split("_")
                    asked = (extra.label, whose == "child", span == "day", extra.amount_cents)
                    once.append(OnceAsked(key.key_no, side, segment, *asked))
        return Priced(priced, once)

    def _number(self, segment: Segment, side: Side) -> int:
        number = self._numbers.setdefault(segment.name, len(self._segments))
        if number == len(self._segments):
            self._segments.append(segment)
        elif side == "draft":
            self._segments[number] = segment
        return number


def _segment(definition: TariffDefinition, made: Price) -> Segment:
    row = definition.rows[made.row]
    place = _place_of(row.price, made.band)
    return Segment(made.row, place, row.label, made.band, made.quotient_is_missing)


def _place_of(price: Flat | Bands | EffortRate, band: str) -> int:
    """The place of a band in its row; of an effort rate from its floor to its ceiling."""
    if isinstance(price, Bands):
        return next((at for at, each in enumerate(price.bands) if each.label == band), 0)
    return {FLOOR: -1, CEILING: 1}.get(band, 0)


def _each_time(made: Price) -> Cents:
    return made.amount_cents + sum(each.amount_cents for each in made.supplements if each.once == "act")


class Movement(NamedTuple):
    """How many pay more, less, and the same, and by how many cents in all."""

    more: int
    less: int
    same: int
    more_cents: Cents
    less_cents: Cents


def movement(differences: Mapping[Cents, int]) -> Movement:
    """Of how many differ by how much, the draft's less the present price."""
    up = {cents: number for cents, number in differences.items() if cents > 0}
    down = {-cents: number for cents, number in differences.items() if cents < 0}
    return Movement(
        more=sum(up.values()),
        less=sum(down.values()),
        same=differences.get(0, 0),
        more_cents=sum(cents * number for cents, number in up.items()),
        less_cents=sum(cents * number for cents, number in down.items()),
    )


class Class(NamedTuple):
    """Families whose differences lie between two, both included; ``None`` has no end."""

    least: Cents | None
    most: Cents | None
    families: int


def distribution(differences: Mapping[Cents, int]) -> list[Class]:
    """The families by classes of one round width on both sides of nought, which is a class of its own.

    The outermost have no end: a few that differ much do not make one class of all others. None without
    families.
    """
    if not differences:
        return []
    width = _width(differences)
    families = Counter({0: 0})
    for cents, number in differences.items():
        families[_place(cents, width)] += number
    return [Class(*_ends(place, width), families[place]) for place in range(min(families), max(families) + 1)]


def _place(cents: Cents, width: Cents) -> int:
    """The place of a difference among the classes: 0 is that of nought."""
    place = min(-(-abs(cents) // width), CLASSES + 1)
    return place if cents > 0 else -place


def _ends(place: int, width: Cents) -> tuple[Cents | None, Cents | None]:
    if place == 0:
        return 0, 0
    near = (abs(place) - 1) * width + 1
    far = None if abs(place) > CLASSES else abs(place) * width
    return (near, far) if place > 0 else (None if far is None else -far, -near)


def _width(differences: Mapping[Cents, int]) -> Cents:
    """The least round width with which nearly all lie within the classes that have two ends."""
    sizes = Counter[Cents]()
    for cents, number in differences.items():
        if cents:
            sizes[abs(cents)] += number
    within, enough = 0, sizes.total() * MOST_OF_ALL
    for size in sorted(sizes):
        within += sizes[size]
        if within >= enough:
            return next(width for width in _round_widths() if width * CLASSES >= size)
    return 1


def _round_widths() -> Iterator[Cents]:
    """1, 2, 5, 10, 20, 50 cents and so on."""
    for power in count():
        yield from (step * 10**power for step in (1, 2, 5))
