"""Lifecycles, months, sums: what is pure in invoices, runs and payments."""

from datetime import date
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preau.billing.invoices.domain import BilledCharge, lines_of
from preau.billing.invoices.lifecycle import INVOICE, LIVE, PAYABLE, due_act
from preau.billing.runs.lifecycle import RUN
from preau.billing.tariffs.months import month_before, month_of, months_with
from preau.common.lifecycle import IllegalMove

INVOICE_STATUSES = ("draft", "issued", "partly_paid", "paid", "written_off", "cancelled")


def test_what_an_invoice_may_do():
    assert set(INVOICE_STATUSES) == INVOICE.states
    assert INVOICE.acts("draft") == {"issue"}
    assert INVOICE.acts("paid") == {"owe_all", "owe_part", "owe_nothing", "cancel"}
    assert INVOICE.ended == {"cancelled"}
    assert {"issued", "partly_paid"} == PAYABLE
    assert {"issued", "partly_paid", "paid", "written_off"} == LIVE


@pytest.mark.parametrize(
    ("status", "act"),
    [
        ("draft", "owe_nothing"),
        ("cancelled", "cancel"),
        ("cancelled", "owe_part"),
        ("x", "issue"),
        ("paid", "write_off"),
    ],
)
def test_an_illegal_move_of_an_invoice_raises(status, act):
    with pytest.raises(IllegalMove):
        INVOICE.move(status, act)


@pytest.mark.parametrize(
    ("status", "act"),
    [("computing", "issue"), ("issued", "discard"), ("issued", "issue"), ("discarded", "finish")],
)
def test_an_illegal_move_of_a_run_raises(status, act):
    with pytest.raises(IllegalMove):
        RUN.move(status, act)


def test_months_end_with_the_year():
    assert month_of("2026-12") == (date(2026, 12, 1), date(2027, 1, 1))
    assert month_of("2028-02") == (date(2028, 2, 1), date(2028, 3, 1))
    assert months_with([date(2026, 3, 2), date(2025, 12, 31)]) == (date(2025, 12, 1), date(2026, 4, 1))
    assert (month_before("2026-01"), month_before("2026-12")) == ("2025-12", "2026-11")


@given(total=st.integers(1, 10_000), due=st.integers(0, 10_000))
def test_an_invoice_stands_where_what_is_due_of_it_leaves_it(total, due):
    leaves = {0: "paid", total: "issued"}.get(due, "partly_paid")
    assert {INVOICE.move(status, due_act(total, due)) for status in LIVE} == {leaves}


@given(total=st.integers(1, 10_000), off=st.integers(1, 10_000))
def test_what_stands_written_off_is_neither_due_nor_paid(total, off):
    asked = LIVE - {"paid"}
    assert {INVOICE.move(status, due_act(total, 0, off)) for status in asked} == {"written_off"}


@given(
    st.lists(
        st.tuples(
            st.integers(1, 3), st.integers(8, 9), st.integers(-500, 500), st.integers(1, 28), st.booleans()
        ),
        min_size=1,
    )
)
def test_lines_add_up_to_their_charges(drawn):
    charges = [
        BilledCharge(
            booking_id=UUID(int=index),
            child_id=UUID(int=child),
            child_name=f"Enfant {child}",
            activity_id=UUID(int=activity),
            activity_label="Repas",
            service_date=date(2026, 3, day),
            quantity=1,
            unit_cents=cents,
            explanation="",
            kind="price" if correction else "charge",
        )
        for index, (child, activity, cents, day, correction) in enumerate(drawn)
    ]
    lines = lines_of(charges)
    assert sum(line.amount_cents for line in lines) == sum(charge.amount_cents for charge in charges)
    assert sum(len(line.charges) for line in lines) == len(charges)
    for line in lines:
        assert line.amount_cents == line.quantity * line.charges[0].unit_cents
