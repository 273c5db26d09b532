"""Child processes that end with their parent, and ports to listen on."""

import ctypes
import os
import random
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from preau.common.embedded.unprivileged import User

PR_SET_PDEATHSIG = 1  # linux/prctl.h
_libc = ctypes.CDLL(None, use_errno=True)  # loaded here: nothing may be imported between fork and exec


class EmbeddedServerFailed(RuntimeError):
    """A private server did not start or stop as it should; the text says what to do."""


def start_child(
    argv: Sequence[str | Path],
    *,
    user: User | None,
    env: Mapping[str, str],
    cwd: Path,
    log: Path,
    death_signal: signal.Signals,
) -> subprocess.Popen[bytes]:
    """Start `argv` so that the kernel sends it `death_signal` when this process dies, be it by SIGKILL.

    `user` (None: as we are) is whom to become. The signal is bound to the *thread* that forks: only the main
    one lives as long as the process, so another raises RuntimeError. Standard output and error go to `log`.
    """
    if threading.current_thread() is not threading.main_thread():
        raise RuntimeError("start it from the main thread: it would be stopped at the end of this one")
    parent = os.getpid()

    def bind_to_parent() -> None:  # runs after the change of user, which would reset the death signal
        _libc.prctl(PR_SET_PDEATHSIG, int(death_signal), 0, 0, 0)
        if os.getppid() != parent:  # it died in between
            os._exit(1)

    with log.open("ab") as output:
        return subprocess.Popen(  # noqa: S603
            [str(part) for part in argv],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=dict(env),
            cwd=cwd,
            preexec_fn=bind_to_parent,
            start_new_session=True,  # Ctrl-C is for us, not for the child
            user=user.uid if user else None,
            group=user.gid if user else None,
            extra_groups=[] if user else None,
        )


def processes_in(folder: Path, name: str, user: User | None) -> list[int]:
    """Live processes of `user` (None: our own) called `name` whose working directory is `folder`.

    Asked as that user: in a container root may not see where another user's processes work.
    """
    script = 'for p in /proc/[0-9]*; do [ "$p/cwd" -ef "$1" ] && echo "${p#/proc/}"; done 2>/dev/null'
    answer = subprocess.run(  # noqa: S603
        ["/bin/sh", "-c", script, "sh", str(folder)],
        user=user.uid if user else None,
        group=user.gid if user else None,
        extra_groups=[] if user else None,
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
    )
    return [int(pid) for pid in answer.stdout.split() if _name(pid) == name]


def _name(pid: str) -> str:
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip()
    except OSError:  # ended meanwhile
        return ""


def free_port() -> int:
    """A TCP port free on 127.0.0.1, below the range of outgoing connections.

    A port from that range could be taken by a client while the server restarts (or by a client that connects
    to itself), and the server would not come back on it.
    """
    for _ in range(200):
        port = random.randint(15_000, 29_999)  # noqa: S311
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise EmbeddedServerFailed("no free TCP port on 127.0.0.1 between 15000 and 29999")


def wait_until(condition: Callable[[], bool], seconds: float) -> bool:
    """Whether `condition` came true within `seconds`, asked every 20 ms."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def ends_within(process: subprocess.Popen[bytes], seconds: float) -> bool:
    """Whether the process ended within `seconds`."""
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        return False
    return True


def log_tail(log: Path, lines: int = 15) -> str:
    """The last lines of a log, for an error message."""
    try:
        return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])
    except OSError:
        return "(no log)"
