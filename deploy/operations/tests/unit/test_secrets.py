"""Passwords of compose: drawn once, each its own; those of the demonstration refused for real families."""

import re
import subprocess
from pathlib import Path

import pytest
from sqlalchemy import make_url

from preau.operations.databases.settings import DatabasesSettings
from preau.operations.services import SERVICES, DatabaseNotNamed, urls_by_service

ROOT = Path(__file__).parents[4]
DRAW = ROOT / "deploy" / "docker" / "draw-secrets"
DEMONSTRATION = ROOT / "deploy" / "docker" / "demonstration"


def draw(folder: Path, *options: str) -> str:
    """What the script tells."""
    told = subprocess.run([DRAW, *options, folder], capture_output=True, text=True, check=True, timeout=60)
    return told.stdout


def read(file: Path) -> dict[str, str]:
    return dict(line.split("=", 1) for line in file.read_text().splitlines())


def contents(folder: Path) -> dict[str, str]:
    return {file.name: file.read_text() for file in sorted(folder.iterdir())}


@pytest.fixture
def drawn(tmp_path: Path) -> Path:
    draw(tmp_path / "secrets")
    return tmp_path / "secrets"


def test_the_demonstration_is_what_the_script_makes(tmp_path: Path) -> None:
    draw(tmp_path / "demonstration", "--demonstration")
    assert contents(tmp_path / "demonstration") == contents(DEMONSTRATION)


def test_nobody_else_reads_them_and_each_role_has_its_own(drawn: Path) -> None:
    assert {file.stat().st_mode & 0o777 for file in drawn.iterdir()} == {0o600}
    assert drawn.stat().st_mode & 0o777 == 0o700
    of_databases = read(drawn / "databases.env")
    of_broker = read(drawn / "broker.env")
    passwords = [value for name, value in (of_databases | of_broker).items() if "_PASSWORD_" in name]
    assert len(passwords) == len(set(passwords)) == 4 * 5 + 6
    assert all(re.fullmatch("[0-9a-f]{48}", password) for password in passwords)
    for service in SERVICES:
        holder = read(drawn / f"{service}.env")
        capital = service.upper()
        assert (
            make_url(holder["PREAU_DATABASE_URL"]).password
            == (of_databases[f"PREAU_DATABASE_PASSWORD_{capital}_APPLICATION"])
        )
        assert of_broker[f"PREAU_BROKER_PASSWORD_{capital}"] in holder["PREAU_BROKER_URL"]
        assert "OWNER" not in "".join(holder)
    assert set(read(drawn / "gateway.env")) == {"PREAU_ENVIRONMENT", "PREAU_GATEWAY_KEY"}
    assert set(read(drawn / "billing-migrate.env")) == {"PREAU_ENVIRONMENT", "PREAU_OWNER_DATABASE_URL"}


def test_again_it_changes_nothing_and_adds_what_is_missing(drawn: Path) -> None:
    before = contents(drawn)
    assert draw(drawn) == ""
    assert contents(drawn) == before
    (drawn / "gateway.env").write_text("PREAU_ENVIRONMENT=production\n")
    assert "written: PREAU_GATEWAY_KEY" in draw(drawn)
    assert {name: text for name, text in contents(drawn).items() if name != "gateway.env"} == {
        name: text for name, text in before.items() if name != "gateway.env"
    }


def set_environment(monkeypatch: pytest.MonkeyPatch, file: Path, **more: str) -> None:
    for name, value in (read(file) | more).items():
        monkeypatch.setenv(name, value)


def test_the_set_up_job_takes_what_was_drawn(drawn: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    set_environment(monkeypatch, drawn / "databases.env", PREAU_PUBLIC_URL="https://famille.example.fr")
    passwords = DatabasesSettings().passwords()
    assert set(passwords) == set(SERVICES)
    assert len({password for roles in passwords.values() for password in roles}) == 20


@pytest.mark.parametrize(
    ("said", "refused"),
    [
        ({"PREAU_ENVIRONMENT": "production"}, "password of the demonstration is refused"),
        ({"PREAU_ENVIRONMENT": "production", "PREAU_PUBLIC_URL": ""}, "PREAU_PUBLIC_URL is not set"),
        ({"PREAU_ENVIRONMENT": ""}, "environment"),
        ({"PREAU_WANTED_ENVIRONMENT": "production"}, "the passwords are for development"),
        ({"PREAU_POSTGRES_ADMIN_URL": ""}, "postgres_admin_url"),
        ({"PREAU_DATABASE_PASSWORD_BILLING_OWNER": ""}, "owner"),
    ],
)
def test_nothing_defaults_in_silence(
    monkeypatch: pytest.MonkeyPatch, said: dict[str, str], refused: str
) -> None:
    address = {"PREAU_PUBLIC_URL": "https://famille.example.fr"}
    set_environment(monkeypatch, DEMONSTRATION / "databases.env", **(address | said))
    with pytest.raises(ValueError, match=refused):
        DatabasesSettings().passwords()


def test_each_database_is_named_by_pattern_or_one_by_one(drawn: Path) -> None:
    drawn_urls = urls_by_service(read(drawn / "operations.env")["PREAU_AUDIT_DATABASE_URL"])
    assert {make_url(url).username for url in drawn_urls.values()} == {f"preau_{s}_audit" for s in SERVICES}
    pattern = urls_by_service("postgresql://reader@host/preau_{service}")
    assert pattern["billing"] == "postgresql://reader@host/preau_billing"
    with pytest.raises(DatabaseNotNamed, match="reservations"):
        urls_by_service("postgresql://reader@host/preau_identity")
