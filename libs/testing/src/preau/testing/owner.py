"""The process that a test run belongs to, and the folder that its parts share."""

import os
import select
import shutil
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

PREFIX = "preau-test-"


@dataclass(frozen=True)
class Owner:
    """A process told apart from a later one with the same number by the time it started."""

    pid: int
    started: str

    @classmethod
    def of(cls, pid: int) -> "Owner":
        """The process that has this number now."""
        return cls(pid, _start_time(pid) or "0")

    @classmethod
    def of_this_run(cls) -> "Owner":
        """pytest itself; with pytest-xdist the controller, which is the parent of its workers."""
        return cls.of(os.getppid() if os.environ.get("PYTEST_XDIST_WORKER") else os.getpid())

    @property
    def alive(self) -> bool:
        """Whether it still runs."""
        return _start_time(self.pid) == self.started

    @property
    def folder(self) -> Path:
        """Where the run's parts lie; below the temporary folder as servers run as another user than root."""
        return Path(tempfile.gettempdir()) / f"{PREFIX}{os.geteuid()}-{self.pid}-{self.started}"

    def make_folder(self) -> Path:
        """The folder, made; what former runs could not clean up, having been killed, is removed."""
        _remove_orphans()
        self.folder.mkdir(mode=0o755, exist_ok=True)
        return self.folder

    def wait_for_end(self) -> None:
        """Return when the process has ended."""
        try:
            handle = os.pidfd_open(self.pid)
        except OSError:  # gone already, or a kernel without it
            while self.alive:
                time.sleep(0.2)
            return
        try:
            if self.alive:
                select.select([handle], [], [])
        finally:
            os.close(handle)


def _start_time(pid: int) -> str | None:
    """In clock ticks since boot (proc(5), field 22 of stat); None for a process that ended."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] == "Z" else fields[19]


def _remove_orphans() -> None:
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}{os.geteuid()}-*-*"):
        pid, _, started = folder.name.removeprefix(f"{PREFIX}{os.geteuid()}-").partition("-")
        if pid.isdigit() and not Owner(int(pid), started).alive:
            shutil.rmtree(folder, ignore_errors=True)
