"""Settings: from the environment or from files, and nothing real on a public password."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from preau.common.settings import DEMONSTRATION_PASSWORD, MigrationSettings, ServiceSettings

REAL = "postgresql://billing:correct-horse@db/billing"
DEMONSTRATION = f"postgresql://billing:{DEMONSTRATION_PASSWORD}@db/billing"
BROKER = "amqp://billing:battery-staple@broker/"


URLS = {"database_url": REAL, "system_database_url": REAL, "broker_url": BROKER}


@pytest.mark.parametrize("field", URLS)
def test_the_demonstration_password_is_refused_in_production(field: str) -> None:
    urls = {**URLS, field: DEMONSTRATION}
    with pytest.raises(ValidationError, match="demonstration"):
        ServiceSettings(environment="production", **urls)
    assert ServiceSettings(environment="development", **urls).in_development


def test_production_is_what_one_gets_without_saying_so() -> None:
    assert not ServiceSettings(**URLS).in_development


def test_a_migration_needs_the_owner_alone_and_refuses_the_demonstration_too() -> None:
    assert MigrationSettings(owner_database_url=REAL).owner_database_url == REAL
    with pytest.raises(ValidationError, match="demonstration"):
        MigrationSettings(owner_database_url=DEMONSTRATION)


@pytest.mark.parametrize(
    ("months", "accepted"), [(0, True), (12, True), (1, False), (11, False), (-1, False)]
)
def test_the_event_log_goes_back_a_year_at_least(months: int, accepted: bool) -> None:
    if accepted:
        assert ServiceSettings(**URLS, event_log_months=months).event_log_months == months
    else:
        with pytest.raises(ValidationError, match="event_log_months"):
            ServiceSettings(**URLS, event_log_months=months)


def test_an_error_does_not_quote_the_address_with_its_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PREAU_DATABASE_URL", REAL)
    monkeypatch.setenv("PREAU_ENVIRONMENT", "staging-secret")
    with pytest.raises(ValidationError) as refused:
        ServiceSettings()  # type: ignore[call-arg]
    assert "broker_url" in str(refused.value)
    assert "correct-horse" not in str(refused.value)
    assert "staging-secret" not in str(refused.value)


def test_the_environment_wins_over_a_file_of_the_secrets_folder(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "preau_database_url").write_text(f"{REAL}\n")
    (tmp_path / "preau_broker_url").write_text("amqp://old@broker/")
    monkeypatch.setenv("PREAU_BROKER_URL", BROKER)
    (tmp_path / "preau_system_database_url").write_text(f"{REAL}\n")
    settings = ServiceSettings(_secrets_dir=tmp_path)  # type: ignore[call-arg]
    assert (settings.database_url, settings.broker_url) == (REAL, BROKER)
