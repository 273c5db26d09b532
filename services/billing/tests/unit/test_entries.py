"""The entries of the ledger: no cent comes from nowhere, and none is lost."""

from datetime import date
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preau.billing.ledger.domain import (
    Due,
    Entry,
    Holder,
    Posting,
    Unbalanced,
    drawn,
    paid,
    returned,
    set_off,
    sources,
)

HOLDER = Holder(UUID(int=1), UUID(int=2), UUID(int=3))
CENTS = st.integers(1, 100_000)
NOT_BELOW = st.integers(0, 100_000)
DUES = st.lists(NOT_BELOW, max_size=5).map(
    lambda each: [Due(UUID(int=number), cents) for number, cents in enumerate(each, start=10)]
)


def entry(*postings: Posting) -> Entry:
    return Entry("payment", UUID(int=9), HOLDER, date(2026, 3, 2), postings)


def test_an_entry_that_does_not_sum_to_zero_is_none():
    with pytest.raises(Unbalanced):
        entry(Posting("cash", 100), Posting("credit", -99))


@given(st.lists(st.tuples(CENTS, NOT_BELOW), min_size=1, max_size=4))
def test_a_payment_pays_what_is_due_and_the_rest_is_credit(parts):
    made = entry(*paid("card", [(UUID(int=n), cents, due) for n, (cents, due) in enumerate(parts)]))
    assert made.due_changes == {
        UUID(int=n): -min(cents, due) for n, (cents, due) in enumerate(parts) if min(cents, due)
    }
    assert made.credit_change == sum(max(0, cents - due) for cents, due in parts)


@given(NOT_BELOW, DUES)
def test_credit_is_set_off_as_far_as_it_goes_the_first_first(credit, dues):
    made = entry(*set_off(credit, dues))
    assert -made.credit_change == min(credit, sum(due.cents for due in dues))
    left = [due.cents + made.due_changes.get(due.invoice_id, 0) for due in dues]
    assert all(cents >= 0 for cents in left)
    open_ones = [n for n, (due, cents) in enumerate(zip(dues, left, strict=True)) if due.cents and cents]
    assert all(left[n] == dues[n].cents for n in open_ones[1:])


@given(CENTS, NOT_BELOW, DUES)
def test_what_goes_back_is_there_and_credit_goes_first(cents, credit, settled):
    found = sources(cents, credit, settled)
    taken = sum(source.cents for source in found)
    assert taken == min(cents, credit + sum(due.cents for due in settled))
    of_credit = sum(source.cents for source in found if source.account == "credit")
    assert of_credit == min(cents, credit)
    most = {due.invoice_id: due.cents for due in settled}
    assert all(source.cents <= most[source.invoice_id] for source in found if source.invoice_id)
    ordered = entry(*drawn(found), Posting("refunding", -taken))
    # Denied, everything is as it was; of what was paid meanwhile, it is credit.
    denied = entry(*returned(ordered.postings, ordered.due_changes))
    assert denied.credit_change == -ordered.credit_change
    assert denied.due_changes == {each: -change for each, change in ordered.due_changes.items()}
    paid_anew = entry(*returned(ordered.postings, {}))
    assert (paid_anew.credit_change, paid_anew.due_changes) == (taken, {})
