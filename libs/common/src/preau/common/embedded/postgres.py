"""A private PostgreSQL, started and watched over by this process (Linux).

    with PostgresServer(Path("var/postgres")) as server:
        connect(server.url())

The server is a direct child: it shuts down cleanly when we end, also by SIGKILL. Everything lies in one
folder: `data/`, `password` (of the superuser `postgres`) and `postgres.log`.
"""

import fcntl
import os
import secrets
import shutil
import signal
import subprocess
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from preau.common.embedded.postgres_binaries import Binaries, find_binaries
from preau.common.embedded.process import (
    EmbeddedServerFailed,
    ends_within,
    free_port,
    log_tail,
    processes_in,
    start_child,
    wait_until,
)
from preau.common.embedded.unprivileged import User, prepare_folder, reachable_copy, user_for

READY_WITHIN_SECONDS = 10.0
STOPPED_WITHIN_SECONDS = 10.0
LOG_KEPT_BYTES = 10_000_000
FORGETFUL = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class FolderInUse(EmbeddedServerFailed):
    """Another live PostgreSQL, or its supervisor, uses the same folder."""


class PostgresServer:
    """PostgreSQL on 127.0.0.1, on data in `folder` (made at the first start).

    `port`: None takes a free one at the first start, then kept. `settings` are given on the command line.
    `durable=False` is for tests: no fsync, and `stop()` does not write the data out.
    As root it runs as the folder's owner, or as `nobody`; a folder that user cannot reach becomes a link to
    one below /var/lib/preau.
    """

    def __init__(
        self,
        folder: Path,
        *,
        port: int | None = None,
        settings: Mapping[str, str] | None = None,
        durable: bool = True,
        binaries: Binaries | None = None,
    ) -> None:
        self._wanted = folder.absolute()
        self._settings = dict(settings or {})
        self._durable = durable
        self._binaries = binaries
        self._programs = Path()
        self._user: User | None = None
        self._folder = self._wanted
        self._port = port or 0
        self._password = ""
        self._process: subprocess.Popen[bytes] | None = None
        self._lock: int | None = None

    @property
    def port(self) -> int:
        """The TCP port, 0 before the first start."""
        return self._port

    @property
    def pid(self) -> int | None:
        """The process id of the postmaster, None when it does not run."""
        return self._process.pid if self._process is not None and self.running else None

    @property
    def running(self) -> bool:
        """Whether the server lives."""
        return self._process is not None and self._process.poll() is None

    @property
    def log(self) -> Path:
        """The server's log."""
        return self._folder / "postgres.log"

    def url(self, database: str = "postgres") -> str:
        """Where the superuser connects, as asyncpg reads it."""
        return f"postgresql://postgres:{self._password}@127.0.0.1:{self._port}/{database}"

    def start(self) -> None:
        """Start and wait until it accepts connections (≤ 10 s, plus 1-2 s to make new data).

        Raises FolderInUse, or EmbeddedServerFailed with the end of the log. Main thread only.
        """
        if self.running:
            return
        self._user = user_for(self._wanted)
        self._folder = prepare_folder(self._wanted, self._user)
        self._claim_folder()
        try:
            self._let_former_server_end()
            self._initialise()
            self._launch()
        except BaseException:
            self._release_folder()
            raise

    def stop(self) -> None:
        """Shut down: end the sessions, write the data out, exit (at worst 15 s)."""
        process = self._process
        if process is not None and process.poll() is None:
            process.send_signal(signal.SIGINT if self._durable else signal.SIGQUIT)
            if not ends_within(process, STOPPED_WITHIN_SECONDS):
                process.send_signal(signal.SIGQUIT)
                if not ends_within(process, 5):
                    process.kill()
                    process.wait()
        self._process = None
        self._release_folder()

    def kill(self) -> None:
        """SIGKILL, as a crash would, and wait for its last process. For fault tests; `start()` recovers."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None
        if not wait_until(lambda: not self._processes(), STOPPED_WITHIN_SECONDS):
            raise EmbeddedServerFailed(f"processes {self._processes()} outlived their killed postmaster")

    def restart(self) -> None:
        """Stop and start on the same port."""
        self.stop()
        self.start()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def _data(self) -> Path:
        return self._folder / "data"

    def _claim_folder(self) -> None:
        if self._lock is not None:
            return
        lock = os.open(self._folder / "supervisor.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.read(lock, 20).decode() or "unknown"
            os.close(lock)
            raise FolderInUse(f"the process {holder} already runs PostgreSQL on {self._folder}") from None
        os.ftruncate(lock, 0)
        os.pwrite(lock, str(os.getpid()).encode(), 0)
        self._lock = lock

    def _release_folder(self) -> None:
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def _let_former_server_end(self) -> None:
        """Wait for a server whose supervisor was killed: it is shutting down. Then drop a stale pid file.

        PostgreSQL itself refuses to start when the file's pid was given to another process meanwhile, as
        happens in containers; no process works in the folder any more, so the file is void.
        """
        if not wait_until(lambda: not self._processes(), STOPPED_WITHIN_SECONDS):
            raise FolderInUse(f"PostgreSQL (process {self._processes()[0]}) still runs on {self._folder}")
        (self._data / "postmaster.pid").unlink(missing_ok=True)

    def _processes(self) -> list[int]:
        """Live processes of PostgreSQL that work in the data folder: the postmaster and its children."""
        return processes_in(self._data, "postgres", self._user)

    def _initialise(self) -> None:
        """Find the programs and make the data, once; an interrupted attempt is begun anew."""
        version = self._data / "PG_VERSION"
        written_by = int(version.read_text()) if version.exists() else None
        binaries = self._binaries or find_binaries(written_by)
        self._programs = reachable_copy(binaries.folder / "postgres", binaries.needs, self._user).parent
        password = self._folder / "password"
        if written_by is not None:
            self._password = password.read_text().strip()
            return
        self._password = secrets.token_hex(16)
        password.touch(mode=0o600)
        password.write_text(self._password + "\n")
        if self._user:
            os.chown(password, self._user.uid, self._user.gid)
        unfinished = self._folder / "data.new"
        shutil.rmtree(unfinished, ignore_errors=True)
        locale = (
            ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
            if binaries.major >= 17
            else ["--locale=C.UTF-8"]
        )
        arguments = [
            *(f"--pgdata={unfinished}", f"--pwfile={password}", "--username=postgres"),
            *("--auth=scram-sha-256", "--encoding=UTF8", *locale),
            *([] if self._durable else ["--no-sync"]),
        ]
        process = self._run("initdb", *arguments)
        if not ends_within(process, 60):
            process.kill()
        if process.wait() != 0:
            raise EmbeddedServerFailed(f"initdb failed:\n{log_tail(self.log)}")
        unfinished.rename(self._data)

    def _launch(self) -> None:
        """Start the postmaster; the first time on a port of our choice, which another may take meanwhile."""
        if self.log.exists() and self.log.stat().st_size > LOG_KEPT_BYTES:
            self.log.replace(self.log.with_suffix(".log.1"))
        attempts = 1 if self._port else 3
        while True:
            attempts -= 1
            port = self._port or free_port()
            failure = self._launch_on(port)
            if failure is None:
                self._port = port
                return
            if attempts == 0 or "could not bind" not in failure:
                raise EmbeddedServerFailed(failure)

    def _launch_on(self, port: int) -> str | None:
        """Start the postmaster on a port; returns why it does not run, None when it does."""
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": str(port),
            "unix_socket_directories": "",
            "timezone": "UTC",
            "log_timezone": "UTC",
            **({} if self._durable else FORGETFUL),
            **self._settings,
        }
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        self._process = self._run("postgres", "-D", str(self._data), *options)
        wait_until(lambda: self._ready or not self.running, READY_WITHIN_SECONDS)
        if self._ready:
            return None
        why = f"was not ready after {READY_WITHIN_SECONDS:.0f} s" if self.running else "ended"
        self._process.kill()
        self._process.wait()
        self._process = None
        return f"PostgreSQL {why}:\n{log_tail(self.log)}\n(whole log: {self.log})"

    @property
    def _ready(self) -> bool:
        """The postmaster writes its state in the last line of its pid file; pg_ctl reads it likewise."""
        try:
            lines = (self._data / "postmaster.pid").read_text().splitlines()
        except OSError:
            return False
        return (
            self._process is not None
            and self.running
            and len(lines) >= 8
            and lines[0] == str(self._process.pid)
            and lines[7].strip() == "ready"
        )

    def _run(self, program: str, *arguments: str) -> subprocess.Popen[bytes]:
        return start_child(
            [self._programs / program, *arguments],
            user=self._user,
            env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "HOME": str(self._folder), "TZ": "UTC"},
            cwd=self._folder,
            log=self.log,
            death_signal=signal.SIGINT,
        )
