"""A pytest plugin: tests that kill real parts run last, the rest in the order in which it was collected."""

import pytest


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put what is marked `fault` at the end: it is slow, and says little while simpler tests fail."""
    items.sort(key=lambda item: item.get_closest_marker("fault") is not None)
