"""A service knows the others by the contracts alone, and the tool that says so can fail."""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LINT = Path(sys.executable).with_name("lint-imports")


def lint(**options: str) -> subprocess.CompletedProcess[str]:
    arguments = [part for name, value in options.items() for part in (f"--{name}", value)]
    return subprocess.run(
        [LINT, *arguments, "--no-cache"], cwd=ROOT, capture_output=True, text=True, timeout=300, check=False
    )


def test_the_boundaries_hold() -> None:
    result = lint()
    assert result.returncode == 0, result.stdout


def test_a_planted_import_of_another_service_is_found() -> None:
    planted = ROOT / "services/billing/src/preau/billing/copies/planted_for_a_test.py"
    planted.write_text("from preau.payments import app\n\n__all__ = ['app']\n")
    try:
        result = lint()
    finally:
        planted.unlink()
    assert result.returncode != 0
    assert "preau.billing is not allowed to import preau.payments" in result.stdout
    assert "preau.billing.copies.planted_for_a_test" in result.stdout


def floors() -> dict[str, list[str]]:
    """The floors of each package that has them, the highest first."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    return {
        container: contract["layers"]
        for contract in settings["tool"]["importlinter"]["contracts"]
        for container in contract.get("containers", ())
    }


@pytest.mark.parametrize("package", floors())
def test_a_planted_import_upwards_is_found(package: str) -> None:
    """The lowest folder imports from the highest floor."""
    source = next(ROOT.glob(f"[!.]*/**/src/{package.replace('.', '/')}"))
    highest = floors()[package][0].split(" | ")[0]
    names = [name for layer in reversed(floors()[package]) for name in layer.split(" | ")]
    lowest = next(name for name in names if (source / name).is_dir())
    planted = source / lowest / "planted_for_a_test.py"
    planted.write_text(f"from {package} import {highest} as highest\n\n__all__ = ['highest']\n")
    try:
        result = lint()
    finally:
        planted.unlink()
    assert result.returncode != 0
    assert f"{package}.{lowest}.planted_for_a_test" in result.stdout


@pytest.mark.parametrize("part", ["libs", "services", "gateway", "deploy"])
def test_nobody_closes_the_namespace(part: str) -> None:
    assert not list((ROOT / part).glob("**/preau/__init__.py"))


def test_the_lint_sees_every_module() -> None:
    """It reads packages alone: a folder without ``__init__.py`` could import whatever it likes."""
    unseen = {
        str(path.parent.relative_to(ROOT))
        for part in ("libs", "services", "gateway", "deploy")
        for path in ROOT.glob(f"{part}/**/src/preau/*/**/*.py")
        if "migrations" not in path.parts and not (path.parent / "__init__.py").exists()
    }
    assert unseen == set()
