"""A private RabbitMQ node, for tests on machines without Docker (Linux; RabbitMQ 3.10 to 4.x).

Nothing of the system's broker is touched: own ports, own home, own epmd, own data. Both processes are direct
children and end when we do, also by SIGKILL.
"""

import os
import secrets
import shutil
import signal
import socket
import subprocess
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from preau.common.embedded.process import (
    EmbeddedServerFailed,
    ends_within,
    free_port,
    log_tail,
    start_child,
    wait_until,
)
from preau.common.embedded.unprivileged import User, prepare_folder, user_for

READY_WITHIN_SECONDS = 180.0
STOPPED_WITHIN_SECONDS = 20.0
CONTROLLED_WITHIN_SECONDS = 60.0
NODE = "preau@localhost"
PACKAGED = Path(
    "/usr/lib/rabbitmq/bin/rabbitmq-server"
)  # the one in /usr/sbin is Debian's wrapper for its service
AMQP_GREETING = b"AMQP\x00\x00\x09\x01"


class RabbitmqNode:
    """One node on 127.0.0.1 with its data in `folder`; ports are taken at the first start and kept.

    `plugins`: for instance `["rabbitmq_management"]`, then served on `management_port`.
    As root it runs as `rabbitmq`, else `nobody` (see `user_for`).
    """

    def __init__(self, folder: Path, *, plugins: Sequence[str] = ()) -> None:
        self._wanted = folder.absolute()
        self._folder = self._wanted
        self._plugins = tuple(plugins)
        self._password = ""
        self._user: User | None = None
        self._node: subprocess.Popen[bytes] | None = None
        self._epmd: subprocess.Popen[bytes] | None = None
        self._ports: dict[str, int] = {}

    @property
    def port(self) -> int:
        """The AMQP port, 0 before the first start."""
        return self._ports.get("amqp", 0)

    @property
    def management_port(self) -> int:
        """The port of the management API (with its plugin), 0 before the first start."""
        return self._ports.get("management", 0)

    @property
    def url(self) -> str:
        """Where to connect: a user with every right on the virtual host “/”."""
        return f"amqp://preau:{self._password}@127.0.0.1:{self.port}/"

    def url_of(self, user: str, password: str) -> str:
        """Where another user connects, whom somebody has made."""
        return f"amqp://{user}:{password}@127.0.0.1:{self.port}/"

    @property
    def management_url(self) -> str:
        """The management API (with its plugin), without a user."""
        return f"http://127.0.0.1:{self.management_port}"

    @property
    def admin_url(self) -> str:
        """The same, with a user who is an administrator."""
        return f"http://preau:{self._password}@127.0.0.1:{self.management_port}"

    @property
    def pid(self) -> int | None:
        """The node's process id, None when it does not run."""
        return self._node.pid if self._node is not None and self.running else None

    @property
    def epmd_pid(self) -> int | None:
        """The process id of its port mapper, None when it does not run."""
        return self._epmd.pid if self._epmd is not None and self._epmd.poll() is None else None

    @property
    def running(self) -> bool:
        """Whether the node lives."""
        return self._node is not None and self._node.poll() is None

    @property
    def log(self) -> Path:
        """What the node wrote on its output; its own log is in `log/` beside."""
        return self._folder / "rabbitmq.log"

    def start(self) -> None:
        """Start and wait until it answers AMQP (5 to 15 s). Again after `kill()`: same ports, same data.

        Raises EmbeddedServerFailed with the end of the log. Main thread only.
        """
        if self.running:
            return
        server = find_server()
        self._user = user_for(self._wanted, ("rabbitmq", "nobody"))
        self._folder = prepare_folder(self._wanted, self._user)
        if not self._ports:
            while len(set(self._ports.values())) < 4:
                self._ports = {name: free_port() for name in ("amqp", "distribution", "epmd", "management")}
        self._write_configuration()
        self._start_epmd()
        self._node = self._run(server)
        wait_until(lambda: answers_amqp("127.0.0.1", self.port) or not self.running, READY_WITHIN_SECONDS)
        if not (self.running and answers_amqp("127.0.0.1", self.port)):
            why = f"was not ready after {READY_WITHIN_SECONDS:.0f} s" if self.running else "ended"
            self.stop()
            raise EmbeddedServerFailed(
                f"RabbitMQ {why}:\n{log_tail(self.log)}\n(see also {self._folder}/log)"
            )

    def stop(self) -> None:
        """Stop the node in order (some seconds), then its epmd."""
        if self._node is not None:
            self._node.send_signal(signal.SIGTERM)
            if not ends_within(self._node, STOPPED_WITHIN_SECONDS):
                self._node.kill()
                self._node.wait()
            self._node = None
        if self._epmd is not None:
            self._epmd.kill()
            self._epmd.wait()
            self._epmd = None

    def kill(self) -> None:
        """SIGKILL the node, as a crash would. For fault tests; `start()` brings it back.

        RabbitMQ 3.10 writes the list of its quorum queues every 0.5 s: one declared less than a second before
        comes back without its messages and without a leader.
        """
        if self._node is not None:
            self._node.kill()
            self._node.wait()
            self._node = None

    def restart(self) -> None:
        """Stop and start on the same ports."""
        self.stop()
        self.start()

    def control(self, *arguments: str) -> None:
        """`rabbitmqctl …` on the running node. Raises EmbeddedServerFailed. Main thread only."""
        process = self._run(find_server().with_name("rabbitmqctl"), "--node", NODE, *arguments)
        if not ends_within(process, CONTROLLED_WITHIN_SECONDS):
            process.kill()
        if process.wait() != 0:
            raise EmbeddedServerFailed(f"rabbitmqctl {' '.join(arguments)}:\n{log_tail(self.log)}")

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _start_epmd(self) -> None:
        """Our own epmd in the foreground: the daemon that Erlang would start by itself outlives its node."""
        if self.epmd_pid is not None:
            return
        port = self._ports["epmd"]
        self._epmd = self._run(_find_epmd(), "-port", str(port), "-address", "127.0.0.1")
        if not wait_until(lambda: _listens(port), 5):
            raise EmbeddedServerFailed(f"epmd did not start:\n{log_tail(self.log)}")

    def _write_configuration(self) -> None:
        kept = self._folder / "password"  # RabbitMQ makes the user once, with its data
        if not kept.exists():
            self._write(kept.name, secrets.token_hex(16))
        self._password = kept.read_text()
        settings = [
            f"listeners.tcp.1 = 127.0.0.1:{self._ports['amqp']}",
            "default_user = preau",
            f"default_pass = {self._password}",
            "default_user_tags.administrator = true",
            "log.console = false",
        ]
        if "rabbitmq_management" in self._plugins:
            settings += [
                "management.tcp.ip = 127.0.0.1",
                f"management.tcp.port = {self._ports['management']}",
            ]
        self._write("rabbitmq.conf", "\n".join(settings) + "\n")
        self._write("enabled_plugins", f"[{','.join(self._plugins)}].\n")

    def _write(self, name: str, text: str) -> None:
        path = self._folder / name
        path.touch(mode=0o600)
        path.write_text(text)
        if self._user:
            os.chown(path, self._user.uid, self._user.gid)

    def _run(self, program: Path, *arguments: str) -> subprocess.Popen[bytes]:
        folder = self._folder
        env = {
            "PATH": f"{os.environ.get('PATH', '')}:/usr/local/bin:/usr/bin:/bin",
            "LC_ALL": "C.UTF-8",
            "HOME": str(folder),
            "ERL_EPMD_PORT": str(self._ports["epmd"]),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "ERL_CRASH_DUMP_SECONDS": "0",
            "RABBITMQ_NODENAME": NODE,
            "RABBITMQ_CONF_ENV_FILE": "/nonexistent",
            "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq.conf"),
            "RABBITMQ_ADVANCED_CONFIG_FILE": str(folder / "advanced.config"),
            "RABBITMQ_CONFIG_FILES": str(folder / "conf.d"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "enabled_plugins"),
            "RABBITMQ_MNESIA_BASE": str(folder / "data"),
            "RABBITMQ_LOG_BASE": str(folder / "log"),
            "RABBITMQ_DIST_PORT": str(self._ports["distribution"]),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1}",
            "RUNNING_UNDER_SYSTEMD": "true",  # no shell in between: Erlang itself is then our child
        }
        return start_child(
            [program, *arguments],
            user=self._user,
            env=env,
            cwd=folder,
            log=self.log,
            death_signal=signal.SIGKILL,
        )


def answers_amqp(host: str, port: int) -> bool:
    """Whether the AMQP handshake begins there: the listener opens when everything else is ready."""
    try:
        with socket.create_connection((host, port), timeout=1) as connection:
            connection.sendall(AMQP_GREETING)
            return connection.recv(1) == b"\x01"
    except OSError:
        return False


def find_server() -> Path:
    """The start script of RabbitMQ. Raises EmbeddedServerFailed when it is not installed."""
    if PACKAGED.exists():
        return PACKAGED
    program = shutil.which("rabbitmq-server")
    if program is None or shutil.which("erl") is None:
        raise EmbeddedServerFailed("RabbitMQ is not installed: install the package rabbitmq-server")
    return Path(program).resolve()


def _find_epmd() -> Path:
    program = shutil.which("epmd")
    if program is not None:
        return Path(program)
    erl = Path(shutil.which("erl") or "/usr/bin/erl").resolve()  # …/erlang/bin/erl
    for candidate in sorted(erl.parent.parent.glob("erts-*/bin/epmd")):
        return candidate
    raise EmbeddedServerFailed("epmd of Erlang was not found: install the package erlang-base")


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0
