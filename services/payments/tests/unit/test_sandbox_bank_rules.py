"""The sandbox bank decides once, and what it signs is checked."""

from datetime import UTC, datetime, timedelta

import pytest

from preau.common.ids import new_id
from preau.payments.providers.protocols import (
    Agreement,
    Charge,
    ForgedNotification,
    MalformedNotification,
    Notify,
    Refund,
    Withdraw,
)
from preau.payments.providers.sandbox.adapter import (
    SIGNATURE_HEADER,
    SandboxProvider,
    notification_body,
    signature,
)
from preau.payments.providers.sandbox.bank import SandboxBank
from preau.payments.providers.sandbox.domain import Action, BankState, decided, state_at

OPENED = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
AGREEMENT = Agreement(new_id(), "sandbox", {})


@pytest.fixture
def provider():
    bank = SandboxBank(None, timedelta(minutes=15), 1, timedelta(0))
    return SandboxProvider(bank, "https://mairie.example", "secret")


def test_the_first_decision_stands():
    assert decided(BankState.OPEN, Action.PAY) is BankState.PAID
    for state in set(BankState) - {BankState.OPEN}:
        for action in Action:
            assert decided(state, action) is None


def test_an_open_transaction_expires_at_the_end_of_its_life_exactly():
    life = timedelta(minutes=15)
    assert state_at(BankState.OPEN, OPENED, life, OPENED + life - timedelta.resolution) is BankState.OPEN
    assert state_at(BankState.OPEN, OPENED, life, OPENED + life) is BankState.EXPIRED
    assert state_at(BankState.PAID, OPENED, life, OPENED + life) is BankState.PAID


def test_the_sandbox_can_all_there_is(provider):
    for capability in (Charge, Withdraw, Refund, Notify):
        assert isinstance(provider, capability)


def test_a_signed_notification_names_its_transaction(provider):
    body = notification_body("abc")
    headers = {SIGNATURE_HEADER: signature("secret", body)}
    assert provider.transaction_named(AGREEMENT, headers, body) == "abc"


@pytest.mark.parametrize("given", ["", "sha256=", "sha256=00", "é"])
def test_a_forged_notification_is_refused(provider, given):
    with pytest.raises(ForgedNotification):
        provider.transaction_named(AGREEMENT, {SIGNATURE_HEADER: given}, notification_body("abc"))


def test_a_signature_of_another_body_is_refused(provider):
    headers = {SIGNATURE_HEADER: signature("secret", notification_body("abc"))}
    with pytest.raises(ForgedNotification):
        provider.transaction_named(AGREEMENT, headers, notification_body("abd"))


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b"\xff", b'"x"'])
def test_a_signed_but_empty_notification_is_malformed(provider, body):
    with pytest.raises(MalformedNotification):
        provider.transaction_named(AGREEMENT, {SIGNATURE_HEADER: signature("secret", body)}, body)
