"""What tests stand on: PostgreSQL, RabbitMQ and a browser, found or started once a test run.

In this order: what the environment names (`PREAU_TEST_POSTGRES_URL`, `PREAU_TEST_AMQP_URL`,
`PREAU_TEST_CHROMIUM`), containers where a Docker engine answers, private instances of installed programs,
and as root on Debian the packages. `PREAU_TEST_INFRASTRUCTURE=docker` or `local` leaves no choice.

    python -m preau.testing.infrastructure --install           installs what is missing
    python -m preau.testing.infrastructure --install --bench   also what benches put a load on with
    python -m preau.testing.infrastructure                     says what would be used
"""

import atexit
import fcntl
import functools
import json
import os
import shutil
import subprocess
import sys
import warnings
from pathlib import Path

from preau.common.embedded.postgres_binaries import find_binaries
from preau.common.embedded.process import EmbeddedServerFailed
from preau.common.embedded.rabbitmq import find_server
from preau.testing import containers, packages
from preau.testing.owner import Owner

BROWSERS = (
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
)
"""The first that is there: a shell draws the same page, with two thirds of the work of a whole browser."""


class InfrastructureMissing(RuntimeError):
    """A part that tests need is neither there nor could be started or installed."""


@functools.cache
def postgres_admin_url() -> str:
    """`postgresql://user:password@host:port/postgres` of a superuser, for asyncpg; started at first use.

    All workers of one test run share it. Raises InfrastructureMissing.
    """
    return os.environ.get("PREAU_TEST_POSTGRES_URL") or _started("postgres")


@functools.cache
def amqp_url() -> str:
    """`amqp://user:password@host:port/` of a user with every right; started at first use.

    All workers of one test run share it. Raises InfrastructureMissing.
    """
    return os.environ.get("PREAU_TEST_AMQP_URL") or _started("rabbitmq")


@functools.cache
def chromium_path() -> str:
    """The program of a Chromium. Raises InfrastructureMissing."""
    program = _installed_chromium()
    if program is None:
        _install(["chromium"])
        program = _installed_chromium()
    if program is None:
        raise InfrastructureMissing(
            "No Chromium: install the package chromium-headless-shell or chromium, or set PREAU_TEST_CHROMIUM"
        )
    return program


def installed(part: str) -> bool:
    """Whether the programs of "postgres" or "rabbitmq" are here, to run a private instance of."""
    try:
        if part == "postgres":
            find_binaries()
        else:
            find_server()
    except EmbeddedServerFailed:
        return False
    return True


def release() -> None:
    """Stop what was started for this test run and wait for it (≤ 10 s); else it stops at the run's end."""
    for keeper in _keepers:
        keeper.terminate()
    for keeper in _keepers:
        try:
            keeper.wait(10)
        except subprocess.TimeoutExpired:
            keeper.kill()
    if _keepers:
        shutil.rmtree(Owner.of_this_run().folder, ignore_errors=True)
    _keepers.clear()


_keepers: list[subprocess.Popen[bytes]] = []


def _started(part: str) -> str:
    """The URL of a part that the first asker of this test run starts."""
    owner = Owner.of_this_run()
    folder = owner.make_folder()
    with (folder / f"{part}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        state = folder / f"{part}.url"
        if not state.exists():
            url = _start(part, owner)
            state.touch(mode=0o600)
            state.write_text(url)
        return state.read_text()


def _start(part: str, owner: Owner) -> str:
    if _engine_wanted():
        try:
            return _keep(f"{part}-container", owner)
        except InfrastructureMissing as failure:
            if os.environ.get("PREAU_TEST_INFRASTRUCTURE") == "docker":
                raise
            warnings.warn(f"no container, trying installed programs: {failure}", stacklevel=2)
    if not installed(part):
        _install([part])
    return _keep(part, owner)


def _keep(part: str, owner: Owner) -> str:
    keeper = subprocess.Popen(  # noqa: S603
        [sys.executable, "-m", "preau.testing.keeper", part, str(owner.pid), owner.started],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    assert keeper.stdout is not None  # noqa: S101
    line = keeper.stdout.readline()
    keeper.stdout.close()
    answer: dict[str, str] = json.loads(line) if line else {"error": "the keeper died; see its output above"}
    if "url" not in answer:
        keeper.wait()
        raise InfrastructureMissing(f"{part} does not start: {answer['error']}")
    _keepers.append(keeper)
    if owner.pid == os.getpid():  # else it must outlive us: other workers use it
        atexit.register(release)
    return answer["url"]


def _engine_wanted() -> bool:
    choice = os.environ.get("PREAU_TEST_INFRASTRUCTURE", "")
    return choice == "docker" or (choice != "local" and containers.engine_answers())


def _installed_chromium() -> str | None:
    named = os.environ.get("PREAU_TEST_CHROMIUM")
    if named:
        return named
    return next((path for name in BROWSERS if (path := shutil.which(name))), None)


def _install(parts: list[str]) -> None:
    try:
        packages.install(parts)
    except packages.CannotInstall as failure:
        raise InfrastructureMissing(str(failure)) from failure


def missing_parts(*, bench: bool = False) -> list[str]:
    """What tests need and is neither named by the environment nor installed nor offered by an engine.

    With ``bench`` also the program that puts a load on what is measured.
    """
    missing: list[str] = []
    named = {"postgres": "PREAU_TEST_POSTGRES_URL", "rabbitmq": "PREAU_TEST_AMQP_URL"}
    engine = _engine_wanted()
    missing += [part for part in named if not (os.environ.get(named[part]) or engine or installed(part))]
    if _installed_chromium() is None:
        missing.append("chromium")
    if bench and shutil.which("wrk") is None:
        missing.append("wrk")
    return missing


def main(arguments: list[str]) -> int:
    """The command: exit status 1 when something is missing (and could not be installed)."""
    bench = "--bench" in arguments
    missing = missing_parts(bench=bench)
    if missing and "--install" in arguments:
        try:
            packages.install(missing)
        except packages.CannotInstall as failure:
            sys.stderr.write(f"{failure}\n")
            return 1
        missing = missing_parts(bench=bench)
    if missing:
        sys.stderr.write(packages.advice(missing) + "\n")
        return 1
    where = "containers" if _engine_wanted() else "installed programs"
    sys.stdout.write(f"tests use {where} (PostgreSQL, RabbitMQ) and {Path(chromium_path()).name}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
