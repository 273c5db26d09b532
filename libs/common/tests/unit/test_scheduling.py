"""The order of a whole run names what is there: a file that moved would begin last, unnoticed."""

from pathlib import Path

from preau.testing.scheduling import FIRST, TOGETHER, group_of

ROOT = Path(__file__).parents[4]


def test_what_runs_together_and_first_is_there() -> None:
    groups = set(TOGETHER.values())
    named = [*TOGETHER, *(each for each in FIRST if each not in groups)]
    assert [each for each in named if not (ROOT / each).exists()] == []


def test_a_file_stays_together_and_so_do_those_that_share_a_system() -> None:
    assert group_of("tests/faults/test_poison.py::test_x[a::b]") == group_of(
        "tests/scenarios/test_telemetry.py::y"
    )
    assert group_of("tests/scenarios/test_standalone.py::test_x") == "standalone"
    assert group_of("libs/common/tests/unit/test_tokens.py::x") == "libs/common/tests/unit/test_tokens.py"
