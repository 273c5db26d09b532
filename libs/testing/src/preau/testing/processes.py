"""One of our programs as a process of its own, for tests that kill it: `python -m preau.billing worker`."""

import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from preau.common.embedded.process import ends_within, free_port, log_tail, start_child, wait_until

READY_WITHIN_SECONDS = 60.0


class ProcessFailed(RuntimeError):
    """A process ended or was not ready in time; the text holds the end of its log."""


def program_environment(settings: Mapping[str, str], source: Sequence[Path] = ()) -> dict[str, str]:
    """The environment of a program of ours: what Python needs, and `PREAU_` before each of `settings`.

    Code in the `source` folders goes before what is installed.
    """
    inherited = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TZ") if name in os.environ}
    if source:
        inherited["PYTHONPATH"] = os.pathsep.join(map(str, source))
    return inherited | {f"PREAU_{name.upper()}": value for name, value in settings.items()}


class ProgramProcess:
    """A program that serves HTTP on a port of its own, kept over restarts. Ends when we do, also by SIGKILL.

    `arguments` follow `python -m`; `settings` become `PREAU_…` variables; what it says is in
    `<folder>/<name>.log`. Its code is the installed one, or that in the `source` folders. Main thread only.
    """

    def __init__(
        self,
        name: str,
        arguments: Sequence[str],
        settings: Mapping[str, str],
        *,
        folder: Path,
        source: Sequence[Path] = (),
    ) -> None:
        self.name = name
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.settings = {**settings, "host": "127.0.0.1", "port": str(self.port)}
        self.log = folder / f"{name}.log"
        self.source = tuple(source)
        self.environment: Mapping[str, str] = {}
        """Variables without our prefix, for its next start."""
        self._arguments = tuple(arguments)
        self._process: subprocess.Popen[bytes] | None = None

    def twin(self, name: str, *, source: Sequence[Path] = ()) -> "ProgramProcess":
        """The same program with the same settings on another port, not started."""
        return ProgramProcess(name, self._arguments, self.settings, folder=self.log.parent, source=source)

    @property
    def pid(self) -> int | None:
        """Its process id, None when it does not run."""
        return self._process.pid if self._process is not None and self.running else None

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start and return at once; nothing if it runs."""
        if not self.running:
            self._process = start_child(
                [sys.executable, "-m", *self._arguments],
                user=None,
                env=program_environment(self.settings, self.source) | dict(self.environment),
                cwd=self.log.parent,
                log=self.log,
                death_signal=signal.SIGKILL,
            )

    def wait_until_ready(self, seconds: float = READY_WITHIN_SECONDS) -> None:
        """Return when `/readyz` says so; raises ProcessFailed with the end of the log."""
        wait_until(lambda: self.is_ready() or not self.running, seconds)
        if not self.is_ready():
            why = "is not ready" if self.running else "ended"
            raise ProcessFailed(f"{self.name} {why}:\n{log_tail(self.log, 30)}")

    def is_ready(self) -> bool:
        return self._answers("/readyz")

    def _answers(self, path: str) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", path)
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def kill(self) -> None:
        """SIGKILL, as a crash or the kernel's memory killer would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def send_sigterm(self) -> None:
        """Ask it to end; `wait_for_end` tells when."""
        assert self._process is not None  # noqa: S101 - only a started one is asked
        self._process.terminate()

    def wait_for_end(self, seconds: float) -> int:
        """The exit status (negative: the signal that ended it). Raises ProcessFailed if it still runs."""
        assert self._process is not None  # noqa: S101
        if not ends_within(self._process, seconds):
            raise ProcessFailed(f"{self.name} still runs after {seconds:.0f} s:\n{log_tail(self.log, 30)}")
        status = self._process.returncode
        self._process = None
        return status


def run_program(
    arguments: Sequence[str], settings: Mapping[str, str], *, log: Path
) -> "subprocess.Popen[bytes]":
    """Start `python -m …` that ends by itself, such as a migration. Main thread only."""
    return start_child(
        [sys.executable, "-m", *arguments],
        user=None,
        env=program_environment(settings),
        cwd=log.parent,
        log=log,
        death_signal=signal.SIGKILL,
    )


def expect_success(process: "subprocess.Popen[bytes]", log: Path, seconds: float = 120) -> None:
    """Wait for its end; raises ProcessFailed unless the exit status is 0."""
    started = time.monotonic()
    if not ends_within(process, seconds):
        process.kill()
        process.wait()
    if process.returncode != 0:
        raise ProcessFailed(
            f"{log.stem}: status {process.returncode} after {time.monotonic() - started:.0f} s:\n"
            f"{log_tail(log, 30)}"
        )
