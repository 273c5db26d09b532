"""When providers are asked again, how receipts count, which invoices can be paid."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from pydantic import ValidationError

from preau.common.ids import new_id
from preau.payments.payables.domain import (
    InvoiceAlreadyPaid,
    InvoiceVoid,
    PayableStatus,
    may_be_on_its_way,
    refusal,
)
from preau.payments.payments.domain import next_check
from preau.payments.receipts.domain import receipt_number, receipt_year, series_of
from preau.payments.settings import PaymentsSettings

CREATED = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def settings(**changes):
    return PaymentsSettings(
        **{
            "environment": "development",
            "database_url": "postgresql://x",
            "system_database_url": "postgresql://x",
            "broker_url": "local",
            **changes,
        }
    )


def test_the_provider_is_asked_at_2_5_15_60_minutes_6_hours_then_daily_to_day_4():
    asked, now = [], CREATED
    while (now := next_check(settings().recheck_after, CREATED, now)) is not None:
        asked.append(now - CREATED)
    assert asked == [
        timedelta(minutes=2),
        timedelta(minutes=5),
        timedelta(minutes=15),
        timedelta(minutes=60),
        timedelta(hours=6),
        timedelta(days=1),
        timedelta(days=2),
        timedelta(days=3),
        timedelta(days=4),
    ]


def test_missed_checks_are_not_made_up_for():
    late = CREATED + timedelta(hours=3)
    assert next_check(settings().recheck_after, CREATED, late) == CREATED + timedelta(hours=6)


def test_a_receipt_counts_in_the_civil_year_of_the_commune():
    new_year_in_paris = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)
    assert receipt_year(new_year_in_paris, "Europe/Paris") == 2027
    assert receipt_year(new_year_in_paris, "America/Martinique") == 2026
    assert receipt_number("RS", 2027, 1) == "RS-Q2027-000001"
    assert receipt_number(series_of("paiement"), 2027, 1) == "Q2027-000001"


def test_two_regies_have_two_series_of_receipts():
    assert series_of("RS-2026-000042") == "RS"
    assert series_of("AL-ETE-2026-1000042") == "AL-ETE"


def test_only_an_open_payable_can_be_paid():
    assert refusal(PayableStatus.OPEN, "RS-1", new_id()) is None
    assert isinstance(refusal(PayableStatus.PAID, "RS-1", new_id()), InvoiceAlreadyPaid)
    assert isinstance(refusal(PayableStatus.CANCELLED, "RS-1", new_id()), InvoiceVoid)


def test_only_a_young_unknown_invoice_may_be_on_its_way():
    now = datetime.now(UTC)
    assert may_be_on_its_way(new_id(), now)
    assert not may_be_on_its_way(new_id(), now + timedelta(hours=1))
    assert not may_be_on_its_way(UUID("01900000-0000-7000-8000-0000000000ff"), now)
    assert not may_be_on_its_way(uuid4(), now)


def test_play_money_is_refused_in_production():
    with pytest.raises(ValidationError):
        settings(environment="production", default_provider="sandbox")
    assert settings(environment="production").default_provider == ""
    assert settings().default_provider == "sandbox"
    assert settings(default_provider="").default_provider == ""
