"""What users read is set as French is set: ’ and not ', no plain space before : ; ! ? nor inside « »."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FAULTS = {
    "a straight apostrophe": re.compile(
        r"\b(?:[cdjlmnst]|qu|aujourd|jusqu|lorsqu|puisqu|quelqu)'(?=[a-zàâéèêëîïôûœ{<])", re.IGNORECASE
    ),
    "a plain space before a sign": re.compile(
        r"(?<=[\w»})]) (?=[;!?](?:\s|$|[\"'<]))|(?<=[\w»})]) (?=:(?:\s|$|<))"
    ),
    "a plain space inside « »": re.compile(r"« | »"),
    "a month that is not elided": re.compile(r"\bde (?:%\(month\)s|\{\{[^}]*\| month\b)"),
}
FOLDERS = ("libs/wording", "services", "gateway", "deploy/operations/src/preau/operations/tour")
TEMPLATES = {".html", ".txt", ".typ"}
CODE_OF_A_TEMPLATE = re.compile(r"\{%.*?%\}|\{#.*?#\}|<style.*?</style>|<script.*?</script>", re.DOTALL)
QUOTED = re.compile(r"_\(\s*\"((?:[^\"\\]|\\.)*)\"")
SQL = re.compile(r"\b(SELECT|INSERT|UPDATE|DELETE|CREATE|ALTER|GRANT|REVOKE|WITH)\b")


def faults_in(text: str) -> list[str]:
    """What is wrong in a French text."""
    return [
        f"{name}: {text[max(0, at.start() - 20) : at.end() + 20]!r}"
        for name, form in FAULTS.items()
        for at in form.finditer(text)
    ]


def texts_of_code(source: str) -> Iterator[str]:
    """String literals that are no docstrings and no SQL; an f-string's pieces joined by ``{}``."""
    tree = ast.parse(source)
    docstrings: set[int] = set()
    pieces: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            docstrings.add(id(node.value))
        if isinstance(node, ast.JoinedStr):
            pieces.update(id(part) for part in node.values)
            yield "".join(part.value if isinstance(part, ast.Constant) else "{}" for part in node.values)
    for node in ast.walk(tree):
        match node:
            case ast.Constant(value=str(text)) if id(node) not in docstrings | pieces:
                if not SQL.search(text):
                    yield text
            case _:
                pass


def texts_of_template(source: str) -> Iterator[str]:
    """What is between the code of a template, and the words that its code shows."""
    yield from QUOTED.findall(source)
    yield CODE_OF_A_TEMPLATE.sub("", source)


def sources() -> list[Path]:
    return [
        path
        for folder in FOLDERS
        for path in sorted((ROOT / folder).rglob("*"))
        if path.suffix in {".py", *TEMPLATES}
        and "src" in path.parts
        and not {"migrations", "vendor", "static"} & set(path.parts)
    ]


@pytest.mark.parametrize("folder", FOLDERS)
def test_texts_are_set_as_french_is(folder: str) -> None:
    found: dict[str, list[str]] = {}
    for path in sources():
        if not path.is_relative_to(ROOT / folder):
            continue
        texts = texts_of_code if path.suffix == ".py" else texts_of_template
        if faults := [fault for text in texts(path.read_text()) for fault in faults_in(text)]:
            found[str(path.relative_to(ROOT))] = faults
    assert found == {}


@pytest.mark.parametrize(
    "text",
    [
        "Cette famille n'existe pas.",
        "L'heure est passée.",
        "aujourd'hui",
        "d'{}",
        "Que faire ?",
        "Total : {}",
        "« Cantine\u00a0»",
        "«\u00a0Cantine »",
    ],
)
def test_a_fault_is_found(text: str) -> None:
    assert faults_in(text)


@pytest.mark.parametrize(
    "text", ["l’heure", "Que faire\u202f?", "12:30", "«\u00a0Cantine\u00a0»", "it doesn't", "a :name b"]
)
def test_what_is_right_is_not(text: str) -> None:
    assert faults_in(text) == []


def test_docstrings_and_sql_are_no_texts() -> None:
    source = '"""It\'s d\'accord."""\nQUERY = "SELECT \'d\'\'a\' ;"\nSAID = f"l\'{name} dort"\n'
    assert list(texts_of_code(source)) == ["l'{} dort"]
