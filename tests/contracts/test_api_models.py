"""The pages' clients of the services are those of the services' own OpenAPI documents."""

import ast
import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest

from tests.api_models import DOCUMENTS, MODELS, document_of, models_of, text_of
from tests.fleet import SERVICES, Service

CLIENTS = MODELS.parent
METHODS = {"_get": "get", "_post": "post", "_patch": "patch", "_put": "put", "_delete": "delete"}
each_service = pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)


@each_service
def test_documents_and_models_are_fresh(service: Service) -> None:
    document = document_of(service)
    assert (DOCUMENTS / f"{service.name}.json").read_text() == text_of(document), "run `make docs`"
    assert (MODELS / f"{service.name}.py").read_text() == models_of(service.name, document), "run `make docs`"


class Call(NamedTuple):
    """A call that a client makes: the path has {} for what varies, the model is None when not read."""

    method: str
    path: str
    model: str | None


def calls_of(source: str) -> list[Call]:
    """Every call that the methods of the clients in a module make."""
    return [
        call
        for function in ast.walk(ast.parse(source))
        if isinstance(function, ast.AsyncFunctionDef)
        for call in _calls_in(function)
    ]


def _calls_in(function: ast.AsyncFunctionDef) -> Iterator[Call]:
    paths = {
        target.id: node.value
        for node in ast.walk(function)
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }

    def path_of(node: ast.expr) -> str:
        return _path(paths[node.id] if isinstance(node, ast.Name) else node)

    for node in ast.walk(function):
        match node:
            case ast.Call(func=ast.Attribute(attr=called), args=[ast.Name(id=model), path, *_]) if (
                called in METHODS
            ):
                yield Call(METHODS[called], path_of(path), model)
            case ast.Call(func=ast.Attribute(attr="_upload"), args=[ast.Name(id=model), path, *_]):
                yield Call("post", path_of(path), model)
            case ast.Call(func=ast.Attribute(attr="_send"), args=[ast.Constant(value=str(method)), path, *_]):
                yield Call(method.lower(), path_of(path), None)
            case ast.Call(func=ast.Attribute(attr="_download"), args=[path]):
                yield Call("get", path_of(path), None)
            case _:
                pass


def _path(node: ast.expr) -> str:
    if isinstance(node, ast.Constant):
        return str(node.value)
    assert isinstance(node, ast.JoinedStr), ast.dump(node)
    parts = [
        str(part.value)
        if isinstance(part, ast.Constant)
        else "/parent/families/{}"
        if isinstance(part, ast.FormattedValue) and ast.unparse(part.value) == "self._family"
        else "{}"
        for part in node.values
    ]
    return "".join(parts)


def operations_in(document: dict[str, Any]) -> dict[tuple[str, str], str | None]:
    """The model of the successful answer of each operation, by method and path."""
    return {
        (method, re.sub(r"\{\w+\}", "{}", path)): _model(operation)
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
    }


def _model(operation: dict[str, Any]) -> str | None:
    answers = [answer for status, answer in operation["responses"].items() if status.startswith("2")]
    for answer in answers:
        reference = answer.get("content", {}).get("application/json", {}).get("schema", {}).get("$ref", "")
        if reference:
            return reference.rsplit("/", 1)[-1].replace("_", "")
    return None


def faults_in(source: str, document: dict[str, Any]) -> list[str]:
    """The calls that the document does not have, or that read an answer as something else."""
    operations = operations_in(document)
    found: list[str] = []
    for call in calls_of(source):
        path = call.path if (call.method, call.path) in operations else _by_its_kind(call.path)
        if (call.method, path) not in operations:
            found.append(f"{call.method} {call.path}: no such operation")
        elif call.model is not None and operations[(call.method, path)] != call.model:
            found.append(f"{call.method} {call.path}: answers {operations[(call.method, path)]}")
    return found


def _by_its_kind(path: str) -> str:
    """A path whose resource is chosen by the caller, as one of those that it may choose."""
    return path.replace("/public/{}", "/public/password-resets", 1)


@each_service
def test_every_call_is_one_that_the_service_has(service: Service) -> None:
    source = (CLIENTS / f"{service.name}.py").read_text()
    document = json.loads((DOCUMENTS / f"{service.name}.json").read_text())
    assert len(calls_of(source)) > 5
    assert faults_in(source, document) == []


@pytest.mark.parametrize(
    ("call", "fault"),
    [
        ("self._get(FamilyOut, '/agent/family')", "no such operation"),
        ("self._put(FamilyOut, f'/agent/families/{family_id}')", "no such operation"),
        ("self._get(PageFamilyOut, f'/agent/families/{family_id}')", "answers FamilyOut"),
        ("self._send('DELETE', f'{self._family}/children')", "no such operation"),
        ("self._download('/agent/families.csv')", "no such operation"),
    ],
)
def test_a_call_that_the_service_has_not_is_found(call: str, fault: str) -> None:
    document = json.loads((DOCUMENTS / "identity.json").read_text())
    faults = faults_in(f"async def call(self, family_id):\n    await {call}\n", document)
    assert len(faults) == 1 and fault in faults[0]
