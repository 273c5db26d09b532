"""Inside a service each thing has its place: rules are pure, SQL is in repositories, edges hold transactions.

That nothing imports upwards is checked by the ``layers`` contract of each service in ``pyproject.toml``.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SERVICES: tuple[str, ...] = ("billing", "identity", "payments", "requests", "reservations")
STATEMENTS = frozenset(
    {"execute", "scalar", "scalars", "stream", "add", "add_all", "get", "delete", "flush", "merge", "refresh"}
)
OPENINGS = frozenset({"transaction", "system_transaction", "account_transaction", "begin_nested"})
ENDINGS = frozenset({"commit", "rollback"})
REPOSITORY = re.compile(r"(.*_)?repository\.py")
NEVER_OPENS = re.compile(r"(.*_)?(service|domain|repository|lifecycle|tables|schemas)\.py")
IMPURE = re.compile(
    r"sqlalchemy|asyncpg|aiohttp|fastapi|.*\.(repository|.*_repository|tables|service|routes)$"
)


def modules_of(service: str) -> Iterator[Path]:
    for path in sorted((ROOT / f"services/{service}/src/preau/{service}").rglob("*.py")):
        if "migrations" not in path.parts:
            yield path


def faults_in(name: str, source: str) -> list[str]:
    """What stands in the wrong place in a module of that name."""
    return [
        f"line {node.lineno}: {fault}"
        for node in ast.walk(ast.parse(source))
        for fault in (*_statement(name, node), *_opening(name, node), *_import(name, node))
    ]


def _statement(name: str, node: ast.AST) -> Iterator[str]:
    """A call on a session, whatever it is kept in."""
    match node:
        case ast.Call(func=ast.Attribute(value=kept, attr=called)) if called in STATEMENTS:
            holder = kept.attr if isinstance(kept, ast.Attribute) else getattr(kept, "id", "")
            if "session" in holder and not REPOSITORY.fullmatch(name) and name != "invariants.py":
                yield f"{holder}.{called}() outside a repository"
        case _:
            return


def _opening(name: str, node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Call(func=ast.Attribute(attr=called)) if called in OPENINGS and NEVER_OPENS.fullmatch(name):
            yield f"{called}() in a module that is handed its transaction"
        case ast.Call(func=ast.Attribute(value=kept, attr=called)) if called in ENDINGS:
            if "session" in getattr(kept, "attr", getattr(kept, "id", "")):
                yield f"{called}(): a transaction ends where it began, by leaving it"
        case _:
            return


def _import(name: str, node: ast.AST) -> Iterator[str]:
    if name not in ("domain.py", "lifecycle.py"):
        return
    names = (
        [node.module or ""]
        if isinstance(node, ast.ImportFrom)
        else [alias.name for alias in node.names]
        if isinstance(node, ast.Import)
        else []
    )
    for imported in names:
        whole = [imported, *(f"{imported}.{alias.name}" for alias in getattr(node, "names", ()))]
        if any(IMPURE.match(one) for one in whole):
            yield f"{imported} in a module of pure rules"


OUTSIDE = re.compile(r"\bAsyncSession\(|\basync_sessionmaker\(|engine\.(?:begin|connect|raw_connection)\(")
"""What would be committed statement by statement: the engines of ``Database`` begin nothing by themselves."""
READING = {"app.py": "readiness", "measures.py": "counts", "migrations.py": "an engine of its own"}


def opens_outside(name: str, source: str) -> bool:
    """Whether a module opens a session or connection beside the transactions of ``Database``."""
    return name != "database.py" and OUTSIDE.search(source) is not None


def test_sessions_are_opened_in_one_place() -> None:
    sources = [
        path
        for folder in ("libs", "services", "gateway", "deploy")
        for path in ROOT.glob(f"{folder}/**/src/**/*.py")
    ]
    found = {path.name for path in sources if opens_outside(path.name, path.read_text())}
    assert len(sources) > 300
    assert found == set(READING)


@pytest.mark.parametrize("source", ["AsyncSession(engine)", "async with database.engine.begin() as c:"])
def test_a_session_opened_elsewhere_is_found(source: str) -> None:
    assert opens_outside("service.py", source)


@pytest.mark.parametrize("service", SERVICES)
def test_each_thing_stands_in_its_place(service: str) -> None:
    found = {
        str(path.relative_to(ROOT)): faults
        for path in modules_of(service)
        if (faults := faults_in(path.name, path.read_text()))
    }
    assert found == {}


@pytest.mark.parametrize(
    ("name", "source", "fault"),
    [
        ("service.py", "await session.execute(query)", "session.execute() outside a repository"),
        ("routes.py", "row = await family.session.get(Row, key)", "session.get() outside a repository"),
        ("consumers.py", "async def on():\n    self._session.add(row)", "_session.add() outside"),
        ("service.py", "async with database.transaction(one) as s: ...", "transaction() in a module that"),
        ("order_service.py", "database.system_transaction()", "system_transaction() in a module that"),
        ("routes.py", "await session.commit()", "commit(): a transaction ends"),
        ("repository.py", "await session.rollback()", "rollback(): a transaction ends"),
        ("domain.py", "from preau.billing.invoices import repository", "preau.billing.invoices in a module"),
        (
            "domain.py",
            "from preau.billing.invoices.repository import find",
            "invoices.repository in a module",
        ),
        ("domain.py", "import sqlalchemy.orm", "sqlalchemy.orm in a module"),
        ("lifecycle.py", "from fastapi import Depends", "fastapi in a module"),
    ],
)
def test_what_stands_elsewhere_is_found(name: str, source: str, fault: str) -> None:
    assert any(fault in found for found in faults_in(name, source)), faults_in(name, source)


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("repository.py", "await session.execute(query)"),
        ("invoice_repository.py", "await session.get(Row, key)"),
        ("invariants.py", "await session.execute(query)"),
        ("routes.py", "async with work.begin() as session: ..."),
        ("service.py", "await client.get(url)"),
        ("domain.py", "from preau.billing.tariffs.domain import price"),
    ],
)
def test_what_stands_in_its_place_is_not(name: str, source: str) -> None:
    assert faults_in(name, source) == []
