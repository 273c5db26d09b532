"""Every member declares the libraries that it uses: its image holds those and no others."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, packages_distributions, requires
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MEMBERS = [*(path.parent for path in sorted(ROOT.glob("*/*/pyproject.toml"))), ROOT / "gateway"]
NAME = re.compile(r"[A-Za-z0-9._-]+")


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def closure(wanted: list[str]) -> set[str]:
    """The distributions that come with ``wanted``, markers aside."""
    found: set[str] = set()
    while wanted:
        requirement = wanted.pop()
        name = normal(NAME.match(requirement)[0])  # type: ignore[index]
        if name in found or "extra ==" in requirement:
            continue
        found.add(name)
        try:
            wanted += requires(name) or []
        except PackageNotFoundError:  # for another platform
            continue
    return found


def imports(folder: Path) -> Iterator[tuple[Path, str]]:
    """Top-level names imported below ``folder``, and what FastAPI needs for forms."""
    for path in sorted(folder.rglob("*.py")):
        if "testing" in (*path.parts, path.stem):  # shared fixtures: in development only
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                yield from ((path, alias.name.split(".")[0]) for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                yield path, node.module.split(".")[0]
                if node.module == "fastapi" and {"File", "Form", "UploadFile"} & {n.name for n in node.names}:
                    yield path, "python_multipart"
            elif (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr == "form"
            ):
                yield path, "python_multipart"  # await request.form()


def undeclared(member: Path, declared: list[str]) -> list[str]:
    distributions = packages_distributions()
    held = closure(list(declared))
    return [
        f"{path.relative_to(ROOT)}: {name}"
        for path, name in imports(member / "src")
        if name not in sys.stdlib_module_names
        and name != "preau"
        and not held & {normal(found) for found in distributions.get(name, [name])}
    ]


def declared_by(member: Path) -> list[str]:
    return tomllib.loads((member / "pyproject.toml").read_text())["project"]["dependencies"]


@pytest.mark.parametrize("member", MEMBERS, ids=lambda member: member.name)
def test_a_member_declares_what_it_imports(member: Path) -> None:
    assert undeclared(member, declared_by(member)) == []


def test_a_missing_declaration_is_found() -> None:
    payments = ROOT / "services/payments"
    without = [line for line in declared_by(payments) if "multipart" not in line]
    assert any("python_multipart" in line for line in undeclared(payments, without))
