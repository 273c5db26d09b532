"""The deployed shape, started once for all the tests of a run that want it; tours of it; the audit."""

import asyncio
import io
import threading
from collections.abc import Awaitable, Callable, Iterator
from functools import partial

import pytest
from rich.console import Console

from preau.operations.audit.auditor import look
from preau.operations.audit.finding import Finding
from preau.operations.tour.itinerary import travel
from preau.testing.deployment import Deployment, Member
from preau.testing.scratch import scratch_folder

MEMBERS = (
    Member("identity"),
    Member("reservations"),
    Member(
        "billing",
        workers=3,
        settings={"chunk_families": "2", "chunk_lease_seconds": "5", "topology_check_seconds": "5"},
    ),
    Member(
        "payments",
        settings={
            "sandbox_hooks_url": "{gateway}/hooks/payments",
            "recheck_after": '["PT5S", "PT10S", "PT30S", "PT5M", "PT1H"]',
        },
    ),
    Member("requests", settings={"documents_url": "file:{folder}/documents"}),
)
"""Chunks and leases are small, so that a tour's families give every worker something to do. A test takes a
binding of billing's away: it looks at the broker often, which costs both of them a good deal."""

GATEWAY = {"sign_in_rate": "0", "address_rate": "0"}  # all comes from one address
SOUND_WITHIN_SECONDS = 60


class Tour:
    """`preau tour` under way in a thread, while the test does something to the parts."""

    def __init__(self, url: str, *, beside_former: bool = False) -> None:
        self._told = io.StringIO()
        self._beside_former = beside_former
        self._passed = False
        self._thread = threading.Thread(target=self._travel, args=(url,), daemon=True)
        self._thread.start()

    def _travel(self, url: str) -> None:
        self._passed = travel(url, Console(file=self._told, width=200), beside_former=self._beside_former)

    @property
    def running(self) -> bool:
        return self._thread.is_alive()

    def assert_passes(self, within_seconds: float = 180) -> None:
        self._thread.join(within_seconds)
        assert not self.running, f"the tour goes on and on:\n{self._told.getvalue()}"
        assert self._passed, self._told.getvalue()
        print(self._told.getvalue().strip().splitlines()[-1])


@pytest.fixture(scope="session")
def started_deployment() -> Iterator[Deployment]:
    with scratch_folder() as folder, Deployment(folder, MEMBERS, gateway_settings=GATEWAY) as deployment:
        yield deployment


@pytest.fixture
def deployment(started_deployment: Deployment) -> Deployment:
    """Five services, three billing workers and the gateway, on their own PostgreSQL and RabbitMQ.

    All of them run when a test begins, whatever the test before did.
    """
    started_deployment.bring_up()
    return started_deployment


@pytest.fixture
def start_tour(deployment: Deployment) -> Callable[..., Tour]:
    """Begin a tour."""
    return partial(Tour, deployment.url)


@pytest.fixture(scope="session")
def toured(started_deployment: Deployment) -> None:
    """A tour was made: every service has something to lose or to double."""
    started_deployment.bring_up()
    Tour(started_deployment.url).assert_passes()


@pytest.fixture
def until_sound(deployment: Deployment) -> Callable[[], Awaitable[None]]:
    """Wait until the audit finds nothing: all has arrived, nothing was lost or doubled."""

    async def wait() -> None:
        findings: list[Finding] = []
        for _ in range(SOUND_WITHIN_SECONDS * 2):
            findings = await look(deployment.database_urls, deployment.operations_broker_url)
            if not findings:
                return
            await asyncio.sleep(0.5)
        raise AssertionError("\n".join(map(str, findings)))

    return wait
