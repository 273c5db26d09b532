"""Debian packages that tests need, installed without starting the services that come with them."""

import os
import shutil
import subprocess
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path

DEBIAN = {
    "postgres": "postgresql",
    "rabbitmq": "rabbitmq-server",
    "chromium": "chromium-headless-shell",
    "wrk": "wrk",
}
POLICY = Path("/usr/sbin/policy-rc.d")


class CannotInstall(RuntimeError):
    """Not root, not Debian, or apt-get failed; the text says what to install by hand."""


def advice(parts: Sequence[str]) -> str:
    """What to do by hand."""
    names = " ".join(DEBIAN[part] for part in parts)
    return (
        f"Tests need {', '.join(parts)}. On Debian or Ubuntu: apt-get install {names}. "
        "Or start a Docker engine, or name running servers by PREAU_TEST_POSTGRES_URL and "
        "PREAU_TEST_AMQP_URL and a browser by PREAU_TEST_CHROMIUM."
    )


def install(parts: Sequence[str]) -> None:
    """Install what `parts` (keys of DEBIAN) need. Raises CannotInstall."""
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        raise CannotInstall(advice(parts))
    names = [DEBIAN[part] for part in parts]
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    with _services_stay_down():
        _apt(["update"], env, parts)
        _apt(["install", "-y", "--no-install-recommends", *names], env, parts)


def _apt(arguments: list[str], env: dict[str, str], parts: Sequence[str]) -> None:
    answer = subprocess.run(["apt-get", *arguments], env=env, check=False)  # noqa: S603, S607
    if answer.returncode != 0:
        raise CannotInstall(f"apt-get {arguments[0]} failed (see above). {advice(parts)}")


@contextmanager
def _services_stay_down() -> Generator[None]:
    """Debian's hook against starting services at installation; an existing policy is the machine's own."""
    if POLICY.exists():
        yield
        return
    POLICY.write_text("#!/bin/sh\nexit 101\n")
    POLICY.chmod(0o755)
    try:
        yield
    finally:
        POLICY.unlink(missing_ok=True)
