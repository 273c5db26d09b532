"""A day is a day of the commune: nothing takes the date of an instant without saying whose."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
IN_A_ZONE = {"astimezone", "as_instant"}
"""What gives an instant in a civil time that is named."""
PRINTED = {"libs/wording/src/preau/wording/dates.py"}
"""Takes the day that it is given, whoever computed it."""


def called(node: ast.expr) -> str:
    """The name of the function that a call calls."""
    function = node.func if isinstance(node, ast.Call) else None
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def is_in_a_zone(instant: ast.expr) -> bool:
    """Whether the expression names the time zone: ``x.astimezone(zone)``, ``datetime.now(zone)``."""
    if called(instant) == "now" and isinstance(instant, ast.Call):
        return bool(instant.args) and ast.unparse(instant.args[0]) != "UTC"
    return called(instant) in IN_A_ZONE


def nobodys_days(source: str) -> Iterator[int]:
    """The lines that take a date from an instant in no civil time, or the machine's."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        is_todays = node.func.attr == "today" and ast.unparse(node.func.value) in {"date", "datetime"}
        is_a_date = node.func.attr == "date" and not node.args and not node.keywords
        if is_todays or (is_a_date and not is_in_a_zone(node.func.value)):
            yield node.lineno


def test_every_day_is_that_of_a_named_civil_time() -> None:
    found = [
        f"{name}:{line}"
        for folder in ("libs", "services", "gateway", "deploy")
        for path in sorted((ROOT / folder).rglob("src/**/*.py"))
        if (name := path.relative_to(ROOT).as_posix()) not in PRINTED and "/testing/" not in name
        for line in nobodys_days(path.read_text())
    ]
    assert found == []


def test_a_day_of_nobody_would_be_seen() -> None:
    for source in (
        "date.today()",
        "datetime.now(UTC).date()",
        "(await database_now(session)).date()",
        "now.date()",
    ):
        assert list(nobodys_days(source)) == [1], source
    assert list(nobodys_days("now.astimezone(zone).date()")) == []
