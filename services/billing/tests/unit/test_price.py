"""Prices, in cents, as règlements of communes state them."""

from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preau.billing.tariffs.definition import DEFINITION, faults
from preau.billing.tariffs.domain import Price, Tariff, price, tariff_on
from preau.billing.tariffs.facts import ChargeFacts, FamilyFacts, QuotientFacts

ELDEST, SECOND, THIRD = UUID(int=1), UUID(int=2), UUID(int=3)
MEAL = UUID(int=9)
MEALS = {
    "kind": "brackets",
    "brackets": [
        {"from": 0, "to": 400, "label": "A", "amount_cents": 120},
        {"from": 400, "to": 700, "label": "B", "amount_cents": 260},
        {"from": 700, "to": 1000, "label": "C", "amount_cents": 345},
        {"from": 1000, "to": None, "label": "D", "amount_cents": 480},
    ],
    "missing_quotient": "D",
    "siblings": [{"rank": 2, "percent": -10}],
    "non_resident": {"kind": "price", "amount_cents": 560},
}


def priced(
    definition: dict[str, object],
    quotient: int | None,
    child: UUID = ELDEST,
    units: int = 1,
    resident: bool = True,
) -> Price:
    family = FamilyFacts(
        resident=resident,
        children=(ELDEST, SECOND, THIRD),
        quotients=() if quotient is None else (QuotientFacts(quotient, date(2026, 1, 1)),),
    )
    tariff = Tariff(date(2025, 9, 1), DEFINITION.validate_python(definition))
    return price(ChargeFacts(child, MEAL, date(2026, 3, 12), units), tariff, family)


@pytest.mark.parametrize(
    ("quotient", "cents"),
    [(0, 120), (399, 120), (400, 260), (699, 260), (700, 345), (1000, 480), (9999, 480), (None, 480)],
)
def test_brackets_are_half_open(quotient: int | None, cents: int):
    assert priced(MEALS, quotient).amount_cents == cents


def test_a_price_explains_itself():
    line = priced(MEALS, 612, SECOND)
    assert line.amount_cents == 234
    assert line.explanation.replace("\u00a0", " ") == "QF 612 → tranche B 2,60 € ; 2e enfant −10 %"


def test_a_missing_quotient_is_told():
    line = priced(MEALS, None)
    assert line.quotient_is_missing
    assert line.explanation.startswith("QF inconnu → tranche D")


def test_halves_are_rounded_up_once_after_all_steps():
    assert priced(MEALS, 800, SECOND).amount_cents == 311  # 310,5
    assert priced(MEALS, 800, SECOND, units=3).amount_cents == 932  # 931,5, not 3 × 311


def test_the_third_child_follows_the_rule_of_the_second():
    assert priced(MEALS, 612, THIRD).amount_cents == 234


def test_a_family_from_elsewhere_pays_its_own_price():
    line = priced(MEALS, 612, SECOND, resident=False)
    assert (line.amount_cents, line.explanation.replace("\u00a0", " ")) == (560, "hors commune 5,60 €")


@pytest.mark.parametrize(
    ("rule", "cents"),
    [
        ({"kind": "supplement", "amount_cents": 100}, 360),
        ({"kind": "multiplier", "factor": "1.5"}, 390),
        ({"kind": "grid", "brackets": [{"from": 0, "to": None, "label": "X", "amount_cents": 700}]}, 700),
        (None, 260),
    ],
)
def test_other_rules_for_families_from_elsewhere(rule: dict[str, object] | None, cents: int):
    assert priced({**MEALS, "non_resident": rule}, 612, resident=False).amount_cents == cents


@pytest.mark.parametrize(("quotient", "cents"), [(612, 398), (100, 150), (2000, 900), (None, 900)])
def test_the_effort_rate_has_a_floor_and_a_ceiling(quotient: int | None, cents: int):
    definition = {"kind": "effort_rate", "rate": "0.0065", "floor_cents": 150, "ceiling_cents": 900}
    assert priced(definition, quotient).amount_cents == cents


def test_the_quotient_of_the_day_counts():
    family = FamilyFacts(
        quotients=(
            QuotientFacts(300, date(2026, 1, 1), date(2026, 3, 1)),
            QuotientFacts(900, date(2026, 3, 1)),
        )
    )
    assert [family.quotient_on(date(2026, month, 28)) for month in (1, 2, 3)] == [300, 300, 900]
    assert family.quotient_on(date(2025, 12, 31)) is None


def test_the_tariff_that_began_last_counts():
    old, new = (Tariff(date(year, 9, 1), DEFINITION.validate_python(MEALS)) for year in (2025, 2026))
    assert tariff_on([new, old], date(2026, 8, 31)) is old
    assert tariff_on([new, old], date(2026, 9, 1)) is new
    assert tariff_on([new, old], date(2025, 8, 31)) is None


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"brackets": [{"from": 1, "label": "A", "amount_cents": 1}]}, "brackets.0.from"),
        (
            {
                "brackets": [
                    {"from": 0, "to": 400, "label": "A", "amount_cents": 1},
                    {"from": 401, "label": "D", "amount_cents": 2},
                ]
            },
            "brackets.1.from",
        ),
        (
            {
                "brackets": [
                    {"from": 0, "to": 400, "label": "A", "amount_cents": 1},
                    {"from": 399, "label": "D", "amount_cents": 2},
                ]
            },
            "brackets.1.from",
        ),
        ({"brackets": [{"from": 0, "to": 9000, "label": "D", "amount_cents": 1}]}, "brackets.0.to"),
        ({"missing_quotient": "Z"}, "missing_quotient"),
        ({"siblings": [{"rank": 2, "percent": -10}, {"rank": 2, "percent": -5}]}, "siblings.1.rank"),
    ],
)
def test_a_faulty_tariff_is_told_by_field(changed: dict[str, object], field: str):
    assert field in faults(DEFINITION.validate_python({**MEALS, **changed}))


def test_a_sound_tariff_has_no_fault():
    assert faults(DEFINITION.validate_python(MEALS)) == {}


@given(
    quotient=st.integers(0, 5000), child=st.sampled_from([ELDEST, SECOND, THIRD]), units=st.integers(1, 40)
)
def test_a_price_is_within_half_a_cent_of_the_exact_one(quotient: int, child: UUID, units: int):
    line = priced(MEALS, quotient, child, units)
    base = next(c for limit, c in ((400, 120), (700, 260), (1000, 345), (10**9, 480)) if quotient < limit)
    exact = Decimal(base) * (Decimal("0.9") if child != ELDEST else 1) * units
    assert -Decimal("0.5") <= exact - line.amount_cents < Decimal("0.5") or exact == line.amount_cents
