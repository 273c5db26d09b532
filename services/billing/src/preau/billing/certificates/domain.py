"""What a family paid in a year for the care of children under six. Pure.

Source: article 200 quater B of the code général des impôts: care outside the home of children who are under
six on 1 January of the year; what was really paid; food is left out.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from preau.billing.tariffs.domain import Tariff, components_of, tariff_on
from preau.common.money import Cents, round_half_up

UNDER = 6
"""A child counts who is younger on 1 January, in years."""


class Cared(NamedTuple):
    """What a line of an invoice counts of one day; below zero where it is given back."""

    child_id: UUID
    activity_id: UUID
    activity_label: str
    day: date
    cents: Cents


class Settled(NamedTuple):
    """How much of a document was paid, or given back (below zero), on a day."""

    invoice_id: UUID
    day: date
    cents: Cents


class Document(NamedTuple):
    """An invoice or a credit note."""

    invoice_id: UUID
    total_cents: Cents
    cared: Sequence[Cared]


class Known(NamedTuple):
    """A child of the family's record."""

    child_id: UUID
    name: str
    birth_date: date


class Part(NamedTuple):
    """What was paid for a child at an activity."""

    activity_label: str
    cents: Cents


@dataclass(frozen=True, slots=True)
class ChildPart:
    """A child who counts, with what was paid for it."""

    child: Known
    parts: Sequence[Part]

    @property
    def cents(self) -> Cents:
        return sum(part.cents for part in self.parts)


@dataclass(frozen=True, slots=True)
class Certificate:
    """``paid_cents`` was paid in all, ``left_out_cents`` of it for food and for children who do not count.

    ``whole`` names what it counts whole since no tariff tells food apart: meals may be in it.
    """

    year: int
    children: Sequence[ChildPart]
    paid_cents: Cents
    whole: Sequence[str]

    @property
    def cents(self) -> Cents:
        return sum(each.cents for each in self.children)

    @property
    def left_out_cents(self) -> Cents:
        return self.paid_cents - self.cents


def counts(child: Known, year: int) -> bool:
    """Whether a child is under six on 1 January of the year, or born in it."""
    return child.birth_date > date(year - UNDER, 1, 1)


def certificate(
    year: int,
    documents: Iterable[Document],
    settled: Iterable[Settled],
    children: Iterable[Known],
    tariffs: Mapping[UUID, Sequence[Tariff]],
) -> Certificate:
    """What was paid of the documents in the year, by child and activity.

    A part payment pays each line alike. A document's years add up to what it counts when it is paid whole.
    """
    known = {child.child_id: child for child in children if counts(child, year)}
    paid: dict[UUID, list[Settled]] = defaultdict(list)
    for each in settled:
        paid[each.invoice_id].append(each)
    found: Counter[tuple[UUID, str]] = Counter()
    whole: set[str] = set()
    total = 0
    for document in documents:
        own = paid.get(document.invoice_id, ())
        before = sum(each.cents for each in own if each.day.year < year)
        after = before + sum(each.cents for each in own if each.day.year == year)
        total += after - before
        if before == after or document.total_cents == 0:
            continue
        for key, cents in _care(document.cared, known, tariffs, whole).items():
            found[key] += _share(cents, after, document) - _share(cents, before, document)
    parts: dict[UUID, list[Part]] = defaultdict(list)
    for (child_id, label), cents in sorted(found.items(), key=lambda item: item[0][1]):
        if cents:
            parts[child_id].append(Part(label, cents))
    counted = sorted(
        (known[child_id] for child_id in parts), key=lambda child: (child.birth_date, child.name)
    )
    shown = [ChildPart(each, parts[each.child_id]) for each in counted]
    named = whole & {part.activity_label for each in shown for part in each.parts}
    return Certificate(year, shown, total, sorted(named))


def _share(cents: Cents, settled: Cents, document: Document) -> Cents:
    return round_half_up(Decimal(cents) * settled / document.total_cents)


def _care(
    cared: Iterable[Cared],
    known: Mapping[UUID, Known],
    tariffs: Mapping[UUID, Sequence[Tariff]],
    whole: set[str],
) -> Counter[tuple[UUID, str]]:
    """What a document asks for without food, by child and activity; notes activities that count ``whole``."""
    care: Counter[tuple[UUID, str]] = Counter()
    for each in cared:
        if each.child_id not in known:
            continue
        tariff = tariff_on(tariffs.get(each.activity_id, ()), each.day)
        components = tariff.definition.components if tariff else ()
        if tariff is None or not components:
            whole.add(each.activity_label)
            food = 0
        else:
            parts = components_of(tariff.definition, each.cents)
            food = sum(parts[component.code] for component in components if component.food)
        care[each.child_id, each.activity_label] += each.cents - food
    return care
