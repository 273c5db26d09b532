"""Whole cents, halves away from zero."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preau.common.money import round_half_up

prices = st.decimals(min_value=-(10**9), max_value=10**9, places=4)


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
