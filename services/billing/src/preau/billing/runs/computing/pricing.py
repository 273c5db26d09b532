"""The prices of a run, each distinct key found once a process."""

from collections.abc import Iterable, MutableMapping, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple
from uuid import UUID

from cachetools import LRUCache

from preau.billing.tariffs.definition import TariffDefinition
from preau.billing.tariffs.domain import Price, SupplementPrice, price
from preau.billing.tariffs.facts import PriceFacts
from preau.common.db.driver import Record

Found = tuple[int, PriceFacts]
"""What a price is found by: the place of its tariff, and its facts."""


class Key(NamedTuple):
    """A distinct key: its number, the place of its tariff among the run's, and the facts of its price."""

    key_no: int
    tariff_no: int
    facts: PriceFacts


def facts_of(row: Record) -> PriceFacts:
    """The facts of a price, of the columns of a key."""
    quotient: int | None = row["quotient"]
    return PriceFacts(
        quotient=None if quotient is None else Decimal(quotient) / 100,
        residency=row["residency"],
        category=row["category"],
        rank=row["rank"],
        children=row["children"],
        units=row["units"],
        present=row["present"],
        arrived=row["arrived"],
        left=row["departed"],
        payer_percent=row["payer_percent"],
        first_of_month=row["is_first"],
        also_booked=frozenset(row["company"] or ()),
    )


class Term(NamedTuple):
    """What a line asks for: its kind, its name beyond the activity's, its unit price, and why."""

    kind: str
    label: str
    unit_cents: int
    explanation: str


class Use(NamedTuple):
    """A key calls for a term, by its place, so many times a charge."""

    key_no: int
    term: int
    quantity: int


class PricedKeys(NamedTuple):
    """The terms of a chunk and which keys use them.

    ``missing`` are keys whose quotient is not known; ``one_by_one`` those with a supplement that is asked
    once a day or month: which charge bears it depends on the others.
    """

    terms: Sequence[Term]
    uses: Sequence[Use]
    missing: Sequence[int]
    one_by_one: Sequence[int]


class RunPrices:
    """The tariffs of a run as they were frozen, by their place, and the prices found by them so far."""

    def __init__(self, tariffs: Sequence[TariffDefinition], found: MutableMapping[Found, Price]) -> None:
        self._tariffs, self._found = tariffs, found

    def of(self, tariff_no: int, facts: PriceFacts) -> Price:
        found = self._found.get((tariff_no, facts))
        if found is None:
            found = self._found[tariff_no, facts] = price(self._tariffs[tariff_no], facts)
        return found


@lru_cache(maxsize=4)
def found_of(run_id: UUID) -> MutableMapping[Found, Price]:
    """The latest prices that this process has found for a run, whose tariffs never change."""
    return LRUCache(maxsize=20_000)


def priced_keys(keys: Iterable[Key], prices: RunPrices) -> PricedKeys:
    """The prices of the keys."""
    terms: dict[Term, int] = {}
    uses: list[Use] = []
    missing: list[int] = []
    one_by_one: list[int] = []
    for key in keys:
        made = prices.of(key.tariff_no, key.facts)
        if made.quantity and made.quotient_is_missing:
            missing.append(key.key_no)
        if any(each.once != "act" for each in made.supplements):
            one_by_one.append(key.key_no)
        for term, quantity in _terms(made):
            uses.append(Use(key.key_no, terms.setdefault(term, len(terms)), quantity))
    return PricedKeys(list(terms), uses, missing, one_by_one)


def _terms(made: Price) -> list[tuple[Term, int]]:
    own = [(Term("charge", "", made.unit_cents, made.explanation), made.quantity)] if made.quantity else []
    return own + [(_supplement(each), each.quantity) for each in made.supplements]


def _supplement(supplement: SupplementPrice) -> Term:
    return Term("supplement", f"\N{NARROW NO-BREAK SPACE}: {supplement.label}", supplement.unit_cents, "")
