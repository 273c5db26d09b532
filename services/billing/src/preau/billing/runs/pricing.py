"""Pricing the distinct keys of a chunk, each once. Pure, but that prices are remembered."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple
from uuid import UUID

from preau.billing.tariffs.definition import TariffDefinition
from preau.billing.tariffs.domain import Price, SupplementPrice, price
from preau.billing.tariffs.facts import PriceFacts
from preau.common.db.driver import Record


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


@lru_cache(maxsize=4)
def prices_of_run(run_id: UUID) -> dict[tuple[int, PriceFacts], Price]:
    """The prices that this process has found for a run, whose tariffs never change."""
    return {}


def priced_keys(run_id: UUID, keys: Iterable[Key], tariffs: Sequence[TariffDefinition]) -> PricedKeys:
    """The prices of the keys, each found once a run and process."""
    known = prices_of_run(run_id)
    terms: dict[Term, int] = {}
    uses: list[Use] = []
    missing: list[int] = []
    one_by_one: list[int] = []
    for key in keys:
        made = known.get((key.tariff_no, key.facts))
        if made is None:
            made = known[key.tariff_no, key.facts] = price(tariffs[key.tariff_no], key.facts)
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
