"""Codes are closed lists in every OpenAPI document, and nothing in it is a dictionary of anything."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted((ROOT / "gateway" / "openapi").glob("*.json"))
CODES = re.compile(r"(.+_)?(status|kind|state|method|role|roles)")
OPEN = {("requests.json", "DocumentOut.kind"), ("requests.json", "AttachedDocument.kind")}
"""A document's kind is the code that a commune gave to what it asks for."""


def schemas(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every named schema, and every parameter of a route, as ``Owner.name``."""
    for owner, schema in document["components"]["schemas"].items():
        for name, inside in schema.get("properties", {}).items():
            yield f"{owner}.{name}", inside
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            for parameter in operation.get("parameters", []):
                yield f"{method} {path}.{parameter['name']}", parameter["schema"]


def is_bare(schema: dict[str, Any]) -> bool:
    """Whether any text will do."""
    if "anyOf" in schema:
        return any(is_bare(each) for each in schema["anyOf"])
    if schema.get("type") == "array":
        return is_bare(schema["items"])
    return schema.get("type") == "string" and not {"enum", "const"} & schema.keys()


@pytest.mark.parametrize("file", DOCUMENTS, ids=lambda file: file.stem)
def test_codes_are_closed_lists(file):
    document = json.loads(file.read_text())
    bare = {
        (file.name, name)
        for name, schema in schemas(document)
        if CODES.fullmatch(name.rpartition(".")[2]) and is_bare(schema)
    }
    assert bare <= OPEN


@pytest.mark.parametrize("bare", [{"type": "string"}, {"anyOf": [{"type": "string"}, {"type": "null"}]}])
def test_a_bare_string_is_seen(bare):
    assert is_bare(bare) and is_bare({"type": "array", "items": bare})
    assert not is_bare({"type": "string", "enum": ["a"]})


@pytest.mark.parametrize("file", DOCUMENTS, ids=lambda file: file.stem)
def test_clients_give_models_and_no_dictionaries(file):
    models = ROOT / "gateway" / "src" / "preau" / "gateway" / "api" / "models" / f"{file.stem}.py"
    assert "dict[str, Any]" not in models.read_text()
