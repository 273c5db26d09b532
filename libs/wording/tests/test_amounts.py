"""Amounts, numbers and sizes as French readers write them."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preau.wording.amounts import euros, file_size, number
from preau.wording.typography import NARROW_NBSP, NBSP


@pytest.mark.parametrize(
    ("cents", "written"),
    [
        (0, "0,00_€"),
        (5, "0,05_€"),
        (345, "3,45_€"),
        (123450, "1~234,50_€"),
        (-10, "−0,10_€"),
        (-750, "−7,50_€"),
        (-123456789, "−1~234~567,89_€"),
    ],
)
def test_euros(cents: int, written: str) -> None:
    assert euros(cents) == written.replace("_", NBSP).replace("~", NARROW_NBSP)


@given(st.integers(min_value=-(10**11), max_value=10**11))
def test_what_is_written_reads_back_as_the_same_amount(cents: int) -> None:
    written = euros(cents).removesuffix(f"{NBSP}€").replace(NARROW_NBSP, "").replace("−", "-")
    assert Decimal(written.replace(",", ".")) * 100 == cents


def test_numbers() -> None:
    assert number(1234567) == "1~234~567".replace("~", NARROW_NBSP)
    assert number(-3) == "−3"
    assert number("1.5") == "1,5"


@pytest.mark.parametrize(
    ("octets", "written"),
    [(0, "1_ko"), (1, "1_ko"), (12_000, "12_ko"), (3_600_000, "3,4_Mo")],
)
def test_sizes_of_files(octets: int, written: str) -> None:
    assert file_size(octets) == written.replace("_", NBSP)
