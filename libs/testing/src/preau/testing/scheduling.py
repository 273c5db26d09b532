"""A pytest plugin: the tests of a whole run side by side, what takes longest first.

A file stays together on one worker of pytest-xdist; so do the files that share a system which is long to
start, or that plant files in the tree. What kills and restarts parts has parts of its own: it begins at once
on one worker, while the others do the rest.
"""

from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling
from xdist.workermanage import WorkerController

TOGETHER = {
    "tests/scenarios/test_standalone.py": "standalone",
    "tests/scenarios/": "deployment",
    "tests/faults/": "deployment",
    "tests/architecture/": "architecture",
    "tests/browser/": "browser",
    "tests/security/pages/": "stage",
    "gateway/tests/pages/": "pages",
    "libs/common/tests/integration/": "messaging",
}
"""Folders that share what is long to start, or one kind of event on the broker, by the name of what they
share; the first that fits counts."""

FIRST = (
    "deployment",
    "services/billing/tests/integration/test_histories.py",
    "stage",
    "browser",
    "standalone",
    "pages",
    "messaging",
    "tests/security/test_fuzzing.py",
    "services/billing/tests/integration/test_worker_process.py",
    "services/reservations/tests/integration/test_two_hundred_clients.py",
)
"""What takes longest, in the order in which it begins: none of it may be left for the end."""


def group_of(nodeid: str) -> str:
    """What a test must stay together with: its folder's group, or its file."""
    file = nodeid.partition("::")[0]
    return next((group for folder, group in TOGETHER.items() if file.startswith(folder)), file)


class Scheduling(LoadScopeScheduling):
    """Gives a worker one group after the other, in the order of the collection and not by their size."""

    def __init__(self, config: pytest.Config, log: Any = None) -> None:
        super().__init__(config, log)
        config.option.loadscopereorder = False

    def _split_scope(self, nodeid: str) -> str:
        return group_of(nodeid)

    def _reschedule(self, node: WorkerController) -> None:
        """Leave the next group to whoever is free first; a worker must know what follows its last test."""
        if not self.workqueue or self._pending_of(self.assigned_work[node]) <= 1:
            super()._reschedule(node)


def _rank(item: pytest.Item) -> tuple[int, bool]:
    """Where a test stands in the run: the scenarios look at a system that nobody has killed yet."""
    group = group_of(item.nodeid)
    place = FIRST.index(group) if group in FIRST else len(FIRST)
    return place, item.nodeid.startswith("tests/faults/")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=_rank)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Scheduling:
    return Scheduling(config, log)
