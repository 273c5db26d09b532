"""Transition tables, months, sums: what is pure in invoices, runs and payments."""

from datetime import date
from itertools import product
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preau.billing.charges.domain import units_due
from preau.billing.invoices import domain as invoices
from preau.billing.invoices.domain import BilledCharge, lines_of
from preau.billing.payments.domain import take
from preau.billing.runs import domain as runs

INVOICE_STATUSES = ("draft", "issued", "partly_paid", "paid", "cancelled")


def test_what_an_invoice_may_do():
    allowed = {
        (status, action)
        for status, action in product(INVOICE_STATUSES, ("issue", "pay_part", "pay_all", "cancel"))
        if (status, action) in invoices.TRANSITIONS
    }
    assert {action for status, action in allowed if status == "draft"} == {"issue"}
    assert not {action for status, action in allowed if status == "cancelled"}
    assert {action for status, action in allowed if status == "paid"} == {"cancel"}


@pytest.mark.parametrize(
    ("status", "action"),
    [("draft", "pay_all"), ("cancelled", "cancel"), ("paid", "pay_part"), ("x", "issue")],
)
def test_an_illegal_move_of_an_invoice_raises(status, action):
    with pytest.raises(invoices.IllegalMove):
        invoices.move(status, action)


@pytest.mark.parametrize(
    ("status", "action"),
    [("computing", "issue"), ("issued", "discard"), ("issued", "issue"), ("discarded", "finish")],
)
def test_an_illegal_move_of_a_run_raises(status, action):
    with pytest.raises(runs.IllegalMove):
        runs.move(status, action)


def test_months_end_with_the_year():
    assert runs.month_of("2026-12") == (date(2026, 12, 1), date(2027, 1, 1))
    assert runs.month_of("2028-02") == (date(2028, 2, 1), date(2028, 3, 1))
    assert (runs.month_before("2026-01"), runs.month_before("2026-12")) == ("2025-12", "2026-11")


@pytest.mark.parametrize(
    ("status", "units", "invoiced", "due"),
    [
        ("confirmed", 1, 0, 1),
        ("attended", 3, 1, 2),
        ("absent_unjustified", 1, 1, 0),
        ("absent_justified", 1, 0, 0),
        ("cancelled", 1, 1, -1),
        ("cancel_requested", 1, 1, 0),
        ("expired", 1, 1, 0),
        ("requested", 1, 0, 0),
    ],
)
def test_which_bookings_cost(status, units, invoiced, due):
    assert units_due(status, units, invoiced) == due


@given(
    status=st.sampled_from(INVOICE_STATUSES[1:]),
    total=st.integers(0, 10_000),
    paid=st.integers(0, 10_000),
    amount=st.integers(1, 20_000),
)
def test_no_cent_of_a_payment_is_dropped(status, total, paid, amount):
    taken = take(status, total, paid, amount)
    assert taken.applied_cents + taken.credited_cents == amount
    assert taken.applied_cents >= 0 and taken.credited_cents >= 0
    assert (taken.action is None) == (taken.applied_cents == 0)
    if taken.action is not None:
        assert paid + taken.applied_cents <= total
        assert (taken.action == "pay_all") == (paid + taken.applied_cents == total)


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
            units=1,
            unit_cents=cents,
            amount_cents=cents,
            explanation="",
            is_correction=correction,
        )
        for index, (child, activity, cents, day, correction) in enumerate(drawn)
    ]
    lines = lines_of(charges)
    assert sum(line.amount_cents for line in lines) == sum(charge.amount_cents for charge in charges)
    assert sum(len(line.charges) for line in lines) == len(charges)
    for line in lines:
        assert line.amount_cents == line.quantity * line.charges[0].unit_cents
