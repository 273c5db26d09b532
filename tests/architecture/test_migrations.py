"""The migrations of a service are one line: each number once, each after the one before."""

import re
from importlib.resources import files

import pytest

from tests.fleet import SERVICES


@pytest.mark.parametrize("service", [service.name for service in SERVICES])
def test_each_migration_follows_the_one_before(service: str) -> None:
    folder = files(f"preau.{service}") / "migrations" / "versions"
    scripts = sorted(
        (each for each in folder.iterdir() if each.name[:1].isdigit()), key=lambda each: each.name
    )
    numbers = [each.name[:4] for each in scripts]
    assert numbers == [f"{place:04d}" for place in range(1, len(scripts) + 1)]
    for number, script in zip(numbers, scripts, strict=True):
        text = script.read_text()
        assert re.search(rf'^revision = "{number}"$', text, re.MULTILINE), script.name
        before = f'"{int(number) - 1:04d}"' if number != "0001" else "None"
        assert re.search(rf"^down_revision = {before}$", text, re.MULTILINE), script.name
