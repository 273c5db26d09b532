"""Whole cents, halves away from zero, and amounts as French readers write them."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preau.common.money import NBSP, euros, round_half_up

prices = st.decimals(min_value=-(10**9), max_value=10**9, places=4)
amounts = st.integers(min_value=-(10**11), max_value=10**11)


@pytest.mark.parametrize(
    ("exact", "rounded"),
    [("310.5", 311), ("311.5", 312), ("-310.5", -311), ("0.5", 1), ("-0.5", -1), ("0.49", 0), ("-0.49", 0)],
)
def test_halves_go_away_from_zero(exact: str, rounded: int) -> None:
    assert round_half_up(Decimal(exact)) == rounded


@given(prices)
def test_rounding_moves_by_half_a_cent_at_most_and_treats_both_signs_alike(exact: Decimal) -> None:
    assert abs(round_half_up(exact) - exact) <= Decimal("0.5")
    assert round_half_up(-exact) == -round_half_up(exact)


@pytest.mark.parametrize(
    ("cents", "written"),
    [
        (0, "0,00_€"),
        (5, "0,05_€"),
        (345, "3,45_€"),
        (123450, "1_234,50_€"),
        (-10, "−0,10_€"),
        (-123456789, "−1_234_567,89_€"),
    ],
)
def test_euros(cents: int, written: str) -> None:
    assert euros(cents) == written.replace("_", NBSP)


@given(amounts)
def test_what_is_written_reads_back_as_the_same_amount(cents: int) -> None:
    written = euros(cents).removesuffix(f"{NBSP}€").replace(NBSP, "").replace("−", "-")
    assert Decimal(written.replace(",", ".")) * 100 == cents
