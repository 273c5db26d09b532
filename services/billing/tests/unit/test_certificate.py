"""Who counts for the tax certificate, and how part payments add up."""

from datetime import date
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preau.billing.certificates.domain import Cared, Document, Known, Settled, certificate, counts

CHILD, ACTIVITY, INVOICE = UUID(int=1), UUID(int=2), UUID(int=3)


@pytest.mark.parametrize(
    ("born", "counted"),
    [
        (date(2020, 1, 1), False),
        (date(2019, 12, 31), False),
        (date(2020, 1, 2), True),
        (date(2026, 12, 31), True),
    ],
)
def test_a_child_counts_that_is_under_six_on_the_first_of_january(born, counted):
    assert counts(Known(CHILD, "Tom", born), 2026) is counted


@given(st.lists(st.tuples(st.integers(2024, 2027), st.integers(1, 999)), min_size=1, max_size=8))
def test_the_years_of_an_invoice_add_up_to_what_it_counts(payments):
    total = sum(cents for _, cents in payments)
    cared = [Cared(CHILD, ACTIVITY, "Garde", date(2024, 1, 5), total - total // 3)]
    cared.append(Cared(UUID(int=9), ACTIVITY, "Garde", date(2024, 1, 5), total // 3))
    settled = [Settled(INVOICE, date(year, 6, 1), cents) for year, cents in payments]
    years = [
        certificate(
            year, [Document(INVOICE, total, cared)], settled, [Known(CHILD, "Tom", date(2023, 1, 1))], {}
        )
        for year in range(2024, 2028)
    ]
    assert sum(each.cents for each in years) == total - total // 3
    assert sum(each.paid_cents for each in years) == total
