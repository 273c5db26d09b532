"""The demonstration's passwords are public: it listens to this machine alone unless one insists."""

import socket
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from preau.standalone.cli import commands, is_loopback

EVERYWHERE = "0.0.0.0"  # noqa: S104


def run(data: Path, *arguments: str, **environment: str) -> Result:
    return CliRunner().invoke(commands, ["run", "--data", str(data), *arguments], env=environment)


def told(ended: Result) -> str:
    return " ".join(ended.output.split())


@pytest.mark.parametrize(
    ("arguments", "environment"),
    [(["--host", host], {}) for host in (EVERYWHERE, "::", "")] + [([], {"PREAU_HOST": EVERYWHERE})],
)
def test_another_host_is_refused(tmp_path: Path, arguments: list[str], environment: dict[str, str]) -> None:
    ended = run(tmp_path / "data", *arguments, **environment)
    assert ended.exit_code == 2
    assert "Other machines could reach" in told(ended)
    assert "--demonstration-on-network" in told(ended)
    assert not (tmp_path / "data").exists()


def test_on_purpose_it_goes_on(tmp_path: Path) -> None:
    """As far as the port, which is taken here."""
    with socket.create_server((EVERYWHERE, 0)) as taken:
        port = str(taken.getsockname()[1])
        where = ["--host", EVERYWHERE, "--port", port]
        ended = run(tmp_path / "data", *where, "--demonstration-on-network")
    assert ended.exit_code == 1
    assert f"Port {port} is taken" in told(ended)


@pytest.mark.parametrize(
    ("host", "ours_alone"),
    [
        *[(host, True) for host in ("127.0.0.1", "127.8.9.1", "::1", "localhost")],
        *[(host, False) for host in (EVERYWHERE, "::", "", "192.0.2.1")],
    ],
)
def test_what_is_this_machine_alone(host: str, ours_alone: bool) -> None:
    assert is_loopback(host) is ours_alone
