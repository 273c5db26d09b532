"""What a payment may become, and what a provider's answer makes of it."""

from typing import get_args

import pytest

from preau.common.ids import new_id
from preau.common.lifecycle import IllegalMove
from preau.payments.payments.domain import Part, shared_out, spread
from preau.payments.payments.lifecycle import (
    ASKABLE,
    FAILURES,
    LIVE,
    PAYMENT,
    FailingAct,
    PaymentAct,
    PaymentStatus,
    following,
)
from preau.payments.payments.tables import Payment
from preau.payments.payments.transitions import redirect
from preau.payments.providers.protocols import Answer

S = PaymentStatus


def test_every_status_has_its_row():
    assert PAYMENT.states == set(S)


def test_every_act_is_somebodys():
    acts = {act for part in get_args(PaymentAct) for act in (get_args(part) or (part,))}
    assert acts == {act for status in S for act in PAYMENT.acts(status)}


@pytest.mark.parametrize("status", sorted(set(S) - {S.CREATED}))
def test_a_parent_is_sent_to_the_provider_once(status):
    payment = Payment(status=status, version=1)
    with pytest.raises(IllegalMove):
        redirect(payment)
    assert (payment.status, payment.version) == (status, 1)


def test_a_move_counts_the_version_up():
    payment = Payment(status=S.CREATED, version=1)
    redirect(payment)
    assert (payment.status, payment.version) == (S.REDIRECTED, 2)


def test_a_payment_is_live_until_its_provider_or_an_agent_has_decided():
    assert {S.CREATED, S.REDIRECTED, S.PENDING, S.REVIEW} == LIVE
    assert {S.REDIRECTED, S.PENDING} == ASKABLE


def test_every_failure_has_its_reason():
    ends = {PAYMENT.move(status, act) for act in get_args(FailingAct) for status in PAYMENT.before(act)}
    assert ends == set(FAILURES)


def test_nothing_leads_back_to_a_live_payment():
    for status in set(S) - LIVE:
        onward = {PAYMENT.move(status, act) for act in PAYMENT.acts(status)}
        assert not onward & {S.CREATED, S.REDIRECTED, S.PENDING}


@pytest.mark.parametrize("status", [S.REDIRECTED, S.PENDING, S.REFUSED, S.CANCELLED, S.EXPIRED])
def test_money_that_comes_however_late_settles(status):
    assert following(status, 1380, Answer("paid", 1380)) == "settle"


@pytest.mark.parametrize("taken", [0, 1379, 1381])
def test_another_amount_goes_to_review(taken):
    assert following(S.REDIRECTED, 1380, Answer("paid", taken)) == "review"


@pytest.mark.parametrize("status", [S.SETTLED, S.REFUNDED, S.REVIEW])
@pytest.mark.parametrize("state", ["open", "pending", "paid", "refused", "cancelled", "expired"])
def test_a_closed_payment_follows_no_answer(status, state):
    assert following(status, 1380, Answer(state, 1380)) is None


@pytest.mark.parametrize("state", ["refused", "cancelled", "expired"])
def test_a_failed_payment_does_not_fail_again(state):
    for failed in (S.REFUSED, S.CANCELLED, S.EXPIRED):
        assert following(failed, 1380, Answer(state)) is None


def test_an_open_transaction_changes_nothing():
    for status in ASKABLE:
        assert following(status, 1380, Answer("open")) is None


def test_pending_is_recorded_once():
    assert following(S.REDIRECTED, 1380, Answer("pending")) == "wait"
    assert following(S.PENDING, 1380, Answer("pending")) is None


def _part(regie_id):
    return Part(new_id(), "RS-1", regie_id, "Régie", 100)


def test_a_selection_is_shared_out_by_regie_in_its_order():
    canteen, leisure = new_id(), new_id()
    one, two, three = _part(canteen), _part(leisure), _part(canteen)
    assert shared_out([one, two, three], frozenset()) == [[one, three], [two]]


def test_a_provider_of_single_invoices_gets_one_payment_each():
    canteen, leisure = new_id(), new_id()
    one, two, three = _part(canteen), _part(leisure), _part(canteen)
    assert shared_out([one, two, three], frozenset({canteen})) == [[one], [two], [three]]


def test_what_was_received_is_laid_on_what_is_due():
    assert spread(1500, [1000, 500]) == [1000, 500]
    assert spread(1200, [1000, 500]) == [1000, 200]
    assert spread(900, [1000, 500]) == [900, 0]
    assert spread(1600, [1000, 500]) == [1000, 600]
