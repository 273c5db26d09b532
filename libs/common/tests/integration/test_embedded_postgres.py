"""The private PostgreSQL, on real processes: kept data, crashes, a killed parent, a folder in use."""

import os
import shutil
import signal
import subprocess
import sys
import textwrap
import threading
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from preau.common.embedded.postgres import FolderInUse, PostgresServer
from preau.common.embedded.postgres_binaries import Binaries, find_binaries, installed_binaries
from preau.common.embedded.process import EmbeddedServerFailed, wait_until
from preau.common.embedded.unprivileged import prepare_folder, reachable_copy, user_for
from preau.testing.scratch import scratch_folder

PARENT = """
    import sys, time
    from pathlib import Path
    from preau.common.embedded.postgres import PostgresServer
    server = PostgresServer(Path(sys.argv[1]))
    server.start()
    print(server.pid, server.url(), flush=True)
    time.sleep(600)
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    with scratch_folder() as place:
        yield place / "postgres"


async def execute(server_url: str, statement: str) -> list[asyncpg.Record]:
    connection = await asyncpg.connect(server_url)
    try:
        return await connection.fetch(statement)
    finally:
        await connection.close()


@pytest.mark.parametrize("binaries", installed_binaries(), ids=lambda found: f"PostgreSQL {found.major}")
async def test_data_outlive_a_stop_and_the_second_start_takes_them(folder: Path, binaries: Binaries) -> None:
    server = PostgresServer(folder, binaries=binaries)
    with server:
        await execute(server.url(), "CREATE TABLE school AS SELECT 'Écrivains' AS name")
        assert (await execute(server.url(), "SHOW timezone"))[0][0] == "UTC"
        assert (await execute(server.url(), "SELECT lower('É') = 'é'"))[0][0]
    with PostgresServer(folder, binaries=binaries) as again:
        assert (await execute(again.url(), "SELECT name FROM school"))[0]["name"] == "Écrivains"


async def test_a_killed_server_comes_back_on_its_port_with_what_was_committed(folder: Path) -> None:
    with PostgresServer(folder) as server:
        port = server.port
        await execute(server.url(), "CREATE TABLE booking AS SELECT 42 AS place")
        server.kill()
        assert not server.running
        server.start()
        assert server.port == port
        assert (await execute(server.url(), "SELECT place FROM booking"))[0]["place"] == 42


async def test_a_restart_keeps_port_and_password(folder: Path) -> None:
    with PostgresServer(folder, durable=False) as server:
        url, pid = server.url(), server.pid
        server.restart()
        assert server.url() == url
        assert server.pid != pid
        assert await execute(url, "SELECT 1")


def start_in_a_killed_parent(folder: Path, *, frozen: bool = False) -> int:
    """The pid of a server whose parent was killed; `frozen`: it could not yet act on it."""
    parent = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(PARENT), str(folder)], stdout=subprocess.PIPE, text=True
    )
    assert parent.stdout is not None
    pid = int(parent.stdout.readline().split()[0])
    if frozen:
        os.kill(pid, signal.SIGSTOP)
    parent.kill()
    parent.wait()
    parent.stdout.close()
    return pid


def test_nothing_is_left_of_a_killed_parent(folder: Path) -> None:
    pid = start_in_a_killed_parent(folder)
    try:
        assert wait_until(lambda: is_gone(pid), 5)
    finally:
        if not is_gone(pid):
            os.kill(pid, signal.SIGINT)


def test_a_new_server_waits_for_the_former_one_that_still_shuts_down(folder: Path) -> None:
    pid = start_in_a_killed_parent(folder, frozen=True)
    thaw = threading.Timer(1, os.kill, (pid, signal.SIGCONT))
    thaw.start()
    with PostgresServer(folder):
        assert is_gone(pid)
    thaw.join()


def test_a_stale_pid_file_whose_number_was_given_away_does_not_stop_it(folder: Path) -> None:
    server = PostgresServer(folder)
    server.start()
    server.kill()
    user = user_for(folder)
    stranger = subprocess.Popen(["sleep", "60"], user=user.uid if user else None)
    try:
        pid_file = folder.resolve() / "data" / "postmaster.pid"
        lines = pid_file.read_text().splitlines()
        pid_file.write_text("\n".join([str(stranger.pid), *lines[1:]]) + "\n")
        server.start()
        assert server.running
        assert stranger.poll() is None
    finally:
        server.stop()
        stranger.kill()
        stranger.wait()


def test_a_folder_in_use_is_refused(folder: Path) -> None:
    with PostgresServer(folder) as server:
        with pytest.raises(FolderInUse, match=str(os.getpid())):
            PostgresServer(folder).start()
        assert server.running
    with PostgresServer(folder):
        pass


def test_another_thread_may_not_start_it(folder: Path) -> None:
    raised: list[BaseException] = []

    def start() -> None:
        try:
            PostgresServer(folder).start()
        except RuntimeError as error:
            raised.append(error)

    thread = threading.Thread(target=start)
    thread.start()
    thread.join()
    assert "main thread" in str(raised[0])


def test_a_wrong_setting_is_told_with_the_log(folder: Path) -> None:
    with pytest.raises(EmbeddedServerFailed, match="no_such_setting"):
        PostgresServer(folder, durable=False, settings={"no_such_setting": "1"}).start()


def test_a_port_in_use_is_told(folder: Path) -> None:
    with scratch_folder() as place, PostgresServer(place / "other", durable=False) as other:
        server = PostgresServer(folder, port=other.port, durable=False)
        with pytest.raises(EmbeddedServerFailed, match="could not bind"):
            server.start()


def test_data_of_another_major_version_are_told() -> None:
    with pytest.raises(EmbeddedServerFailed, match="written by PostgreSQL 9"):
        find_binaries(9)


def test_a_folder_closed_to_the_server_s_user_becomes_a_link(folder: Path) -> None:
    """As root below a folder of mode 700 (a checkout in /root); anyone else uses the folder as it is."""
    closed = folder.parent / "closed"
    closed.mkdir(mode=0o700)
    wanted, elsewhere = closed / "var" / "postgres", folder.parent / "elsewhere"
    user = user_for(wanted)
    place = prepare_folder(wanted, user, relocated=elsewhere)
    assert wanted.resolve() == place
    assert closed.stat().st_mode & 0o777 == 0o700
    if user is not None:
        assert place.parent == elsewhere
        assert prepare_folder(wanted, user, relocated=elsewhere) == place  # the same the next time
    with PostgresServer(wanted, durable=False) as server:
        assert server.running


def test_programs_closed_to_the_server_s_user_are_copied_with_their_libraries(folder: Path) -> None:
    """As root with the wheel in a virtual environment below a folder of mode 700."""
    wheel = installed_binaries()[-1]
    site = Path(os.path.commonpath(wheel.needs))
    closed = folder.parent / "closed"
    for needed in wheel.needs:
        shutil.copytree(needed, closed / needed.relative_to(site))
    closed.chmod(0o700)
    user = user_for(folder)
    program = reachable_copy(
        closed / wheel.folder.relative_to(site) / "postgres",
        [closed / needed.relative_to(site) for needed in wheel.needs],
        user,
        relocated=folder.parent / "elsewhere",
    )
    answer = subprocess.run(
        [program, "--version"], user=user.uid if user else None, capture_output=True, text=True, check=True
    )
    assert f"(PostgreSQL) {wheel.major}" in answer.stdout
    assert closed.stat().st_mode & 0o777 == 0o700


def is_zombie(pid: int) -> bool:
    return "Z (zombie)" in Path(f"/proc/{pid}/status").read_text()


def is_gone(pid: int) -> bool:
    try:
        return is_zombie(pid)
    except OSError:
        return True
