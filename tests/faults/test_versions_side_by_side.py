"""An upgrade without a stop: the former version serves and consumes beside the present one.

The databases are migrated by the present version before: that is the order of an upgrade.
"""

import asyncio
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from preau.testing.deployment import Deployment
from preau.testing.processes import ProgramProcess, program_environment
from preau.testing.scratch import scratch_folder
from tests.faults.former import FormerVersionMissing, recorded_commit, unpack_former_version

pytestmark = pytest.mark.fault

SERVICES = ("identity", "reservations", "billing", "payments", "requests")
WORKER = "billing-worker-1"


@pytest.fixture(scope="module")
def former_source() -> Iterator[list[Path]]:
    """The source folders of the former version."""
    with scratch_folder() as folder:
        try:
            yield unpack_former_version(folder)
        except FormerVersionMissing as missing:
            print(f"not tried beside a former version: {missing}")
            pytest.skip(str(missing))


@pytest.fixture
def former_processes(deployment: Deployment, former_source: list[Path]) -> Iterator[list[ProgramProcess]]:
    """A process of the former version for each service and of a worker; the gateway's requests go there.

    The present ones run on beside them: both consume from the same queues and relay the same outboxes.
    """
    gateway, worker = deployment["gateway"], deployment[WORKER]
    straight = dict(gateway.settings)
    started = [deployment[name].twin(f"{name}-former", source=former_source) for name in (*SERVICES, WORKER)]
    try:
        worker.kill()
        gateway.kill()
        for process in started:
            process.start()
        gateway.settings |= {
            f"{name}_url": process.url for name, process in zip(SERVICES, started, strict=False)
        }
        gateway.start()
        for process in (*started, gateway):
            process.wait_until_ready()
        yield started
    finally:
        for process in (*started, gateway):
            process.kill()
        gateway.settings = straight


def test_the_former_processes_run_the_former_code(former_source: list[Path]) -> None:
    """Else the test below would compare the present version with itself."""
    for name in (*SERVICES, "common", "contracts"):
        asked = subprocess.run(
            [sys.executable, "-c", f"import preau.{name} as part; print(part.__file__)"],
            env=program_environment({}, former_source),
            capture_output=True,
            text=True,
            check=True,
        )
        assert any(asked.stdout.startswith(str(folder)) for folder in former_source), asked.stdout


async def test_a_tour_over_both_versions(
    former_processes: list[ProgramProcess],
    start_tour: Callable[..., Any],
    until_sound: Callable[[], Awaitable[None]],
) -> None:
    tour = start_tour(beside_former=True)
    await asyncio.to_thread(tour.assert_passes)
    assert all(process.running for process in former_processes), "a process of the former version ended"
    await until_sound()
    print(f"beside {recorded_commit()[:12]}")
