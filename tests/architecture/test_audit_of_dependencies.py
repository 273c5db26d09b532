"""Dependencies: known vulnerabilities fail, a database that is away does not, licences are ours to keep."""

import json
import re
import runpy
from importlib.metadata import distribution, distributions
from pathlib import Path
from typing import Any

import pytest

from tests.architecture.test_dependencies import MEMBERS, closure, declared_by, normal

ROOT = Path(__file__).parents[2]
AUDIT = runpy.run_path(str(ROOT / "bin" / "audit-dependencies"))
REFUSED = re.compile(r"\bA?GPL|Affero|GNU General Public|SSPL|Business Source|Commons Clause", re.IGNORECASE)
LESSER = re.compile(r"LGPL|Lesser General", re.IGNORECASE)


def audited(*vulnerabilities: dict[str, Any]) -> str:
    return json.dumps({"dependencies": [{"name": "thing", "version": "1", "vulns": list(vulnerabilities)}]})


def test_a_known_vulnerability_fails_and_is_named() -> None:
    status, told = AUDIT["verdict"](audited({"id": "PYSEC-1", "fix_versions": ["2"]}), "")
    assert status == 1
    assert "thing 1: PYSEC-1, mended in 2" in told


def test_a_database_that_cannot_be_reached_fails_nothing_and_is_told() -> None:
    status, told = AUDIT["verdict"]("", "requests.exceptions.ConnectionError: Max retries exceeded")
    assert status == 0
    assert "NOT CHECKED" in told


def test_any_other_failure_fails() -> None:
    assert AUDIT["verdict"]("", "usage: pip-audit: unknown option")[0] == 2
    assert AUDIT["verdict"](audited(), "")[0] == 0


def test_the_whole_lock_is_audited() -> None:
    lines = AUDIT["locked"]()
    assert len(lines) > 60
    assert {"fastapi", "asyncpg", "pikepdf"} <= {line.partition("==")[0] for line in lines}


def licence_of(name: str) -> str:
    """What the package says of its licence: the expression, else classifiers and the first lines of text."""
    metadata = distribution(name).metadata
    if expression := metadata.get("License-Expression"):
        return expression
    classifiers = [line for line in metadata.get_all("Classifier") or [] if line.startswith("License ::")]
    return " ".join([*classifiers, *(metadata.get("License") or "").splitlines()[:2]])


def is_refused(licence: str) -> bool:
    """Whether it would bind our users beyond the EUPL. Of "A OR B" one may choose."""
    return all(REFUSED.search(choice) and not LESSER.search(choice) for choice in licence.split(" OR "))


def at_run_time() -> list[str]:
    """The installed packages that some member's image holds."""
    installed = {normal(each.name) for each in distributions()}
    held = closure([line for member in MEMBERS for line in declared_by(member)])
    return sorted(name for name in held & installed if not name.startswith("preau"))


def test_no_licence_at_run_time_is_refused() -> None:
    assert len(names := at_run_time()) > 40
    assert [f"{name}: {licence_of(name)}" for name in names if is_refused(licence_of(name))] == []
    assert [name for name in names if not licence_of(name).strip()] == []


@pytest.mark.parametrize(
    ("licence", "refused"),
    [
        ("AGPL-3.0-or-later", True),
        ("License :: OSI Approved :: GNU General Public License v3 (GPLv3)", True),
        ("GPL-2.0-only OR MIT", False),
        ("LGPL-3.0-only", False),
        ("Apache-2.0", False),
    ],
)
def test_what_is_refused(licence: str, refused: bool) -> None:
    assert is_refused(licence) is refused
