"""A pytest plugin: the tests of a whole run side by side, and those that kill real parts last and alone.

A file stays together on one worker of pytest-xdist; so do the files that share a system which is long to
start, or that plant files in the tree. What kills and restarts parts measures patience: it runs when nothing
else does.
"""

from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

TOGETHER = {
    "tests/scenarios/": "deployment",
    "tests/faults/": "deployment",
    "tests/architecture/": "architecture",
    "tests/browser/": "pages",
    "tests/security/pages/": "pages",
    "gateway/tests/pages/": "pages",
}
"""Folders that share what is long to start, by the name of what they share."""


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


def _rank(item: pytest.Item) -> int:
    group = group_of(item.nodeid)
    if item.nodeid.startswith("tests/faults/"):
        return 4  # after the scenarios, which look at a system that nobody has killed yet
    if group == "deployment":
        return 3
    if item.get_closest_marker("fault") is not None:
        return 2
    return 0 if group == "pages" else 1  # the longest first, so that no worker is left with it


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=_rank)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Scheduling:
    return Scheduling(config, log)
