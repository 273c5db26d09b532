"""The deployed shape, started once for all the tests of a run that want it."""

from collections.abc import Iterator

import pytest

from preau.common.testing.deployment import Deployment, Member
from preau.common.testing.scratch import scratch_folder

MEMBERS = (
    Member("identity"),
    Member("reservations"),
    Member("billing", workers=3, settings={"chunk_families": "2", "chunk_lease_seconds": "5"}),
    Member(
        "payments",
        settings={
            "sandbox_hooks_url": "{gateway}/hooks/payments",
            "recheck_after": '["PT5S", "PT10S", "PT30S", "PT5M", "PT1H"]',
        },
    ),
    Member("requests", settings={"documents_url": "file:{folder}/documents"}),
)
"""Chunks and leases are small, so that a tour's families give every worker something to do."""

GATEWAY = {"sign_in_rate": "0"}  # the tours of a run all come from one address


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
