"""No test asserts a time: what a machine has to do besides would decide whether it passes.

What was done is counted instead, what was meant to happen is waited for. Faults may say that nothing hangs.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
MEASURING = ("tests/faults/", "tests/scenarios/", "tests/bench/")
CLOCKS = {"monotonic", "monotonic_ns", "perf_counter", "perf_counter_ns", "process_time"}


def clocks(source: str) -> Iterator[int]:
    """The lines that look at a clock that serves to measure."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute | ast.alias):
            name = node.attr if isinstance(node, ast.Attribute) else node.name
            if name in CLOCKS:
                yield node.lineno


def test_no_test_measures_a_time() -> None:
    files = [
        (path, name)
        for folder in ("libs", "services", "gateway", "deploy", "tests")
        for path in sorted((ROOT / folder).rglob("*.py"))
        if "tests" in path.parts and not (name := path.relative_to(ROOT).as_posix()).startswith(MEASURING)
    ]
    assert len(files) > 150
    assert [f"{name}:{line}" for path, name in files for line in clocks(path.read_text())] == []


def test_a_planted_clock_is_found() -> None:
    assert list(clocks("import time\nbegan = time.monotonic()\nassert time.perf_counter() - began < 1")) == [
        2,
        3,
    ]
    assert list(clocks("from time import perf_counter")) == [1]
