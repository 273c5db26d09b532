"""Writes the services' OpenAPI documents, and from them the models that the gateway's clients return.

``python -m tests.api_models`` (part of ``make docs``) writes them; a test says that they are fresh.
"""

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from datamodel_code_generator import DataModelType, Formatter, InputFileType, LiteralType, generate
from datamodel_code_generator.format import DatetimeClassType, PythonVersion

from tests.fleet import SERVICES, Service

ROOT = Path(__file__).parents[1]
DOCUMENTS = ROOT / "gateway/openapi"
MODELS = ROOT / "gateway/src/preau/gateway/api/models"
HEADER = '"""What {service} answers. Written by `make docs` from gateway/openapi/{service}.json."""'
CONSTRAINTS = frozenset(
    {"title", "pattern", "minLength", "maxLength", "minimum", "maximum", "exclusiveMinimum"}
    | {"exclusiveMaximum", "minItems", "maxItems", "additionalProperties"}
)
"""What a reader of answers need not check again: the service has."""


def document_of(service: Service) -> dict[str, Any]:
    """The service's OpenAPI document."""
    return service.app().openapi()


def text_of(document: dict[str, Any]) -> str:
    """The document as it is kept in ``gateway/openapi``."""
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def models_of(service: str, document: dict[str, Any]) -> str:
    """The Python module of the models in the service's answers."""
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / "models.py"
        generate(
            json.dumps(answers_alone(document)),
            input_file_type=InputFileType.OpenAPI,
            input_filename=f"{service}.json",
            output=output,
            output_model_type=DataModelType.PydanticV2BaseModel,
            target_python_version=PythonVersion.PY_311,
            output_datetime_class=DatetimeClassType.Datetime,
            type_mappings=["string+uuid=string"],
            enum_field_as_literal=LiteralType.All,
            use_standard_collections=True,
            use_union_operator=True,
            use_schema_description=True,
            collapse_root_models=True,
            strict_nullable=True,
            disable_timestamp=True,
            formatters=[Formatter.BUILTIN],
            custom_file_header=HEADER.format(service=service),
        )
        return output.read_text()


def answers_alone(document: dict[str, Any]) -> dict[str, Any]:
    """The document without paths, with the schemas that successful answers are made of."""
    schemas = document["components"]["schemas"]
    wanted = {
        name
        for operations in document["paths"].values()
        for operation in operations.values()
        for status, answer in operation["responses"].items()
        if status.startswith("2")
        for name in _referred(answer)
    }
    found: set[str] = set()
    while wanted:
        name = wanted.pop()
        found.add(name)
        wanted |= set(_referred(schemas[name])) - found
    kept = {name: _loosened(schemas[name]) for name in sorted(found)}
    return {
        "openapi": document["openapi"],
        "info": document["info"],
        "paths": {},
        "components": {"schemas": kept},
    }


def _referred(node: Any) -> Iterator[str]:
    match node:
        case {"$ref": str(reference)}:
            yield reference.rsplit("/", 1)[-1]
        case dict():
            for value in node.values():
                yield from _referred(value)
        case list():
            for value in node:
                yield from _referred(value)
        case _:
            return


def _loosened(node: Any, *, names: bool = False) -> Any:
    """A schema without its constraints; under ``properties`` the keys are names."""
    if isinstance(node, list):
        return [_loosened(each) for each in node]
    if not isinstance(node, dict):
        return node
    return {
        key: _loosened(value, names=key == "properties" and not names)
        for key, value in node.items()
        if names or key not in CONSTRAINTS or (key == "additionalProperties" and isinstance(value, dict))
    }


def write() -> None:
    """Write every document and every module of models."""
    for folder in (DOCUMENTS, MODELS):
        folder.mkdir(parents=True, exist_ok=True)
    for service in SERVICES:
        document = document_of(service)
        (DOCUMENTS / f"{service.name}.json").write_text(text_of(document))
        (MODELS / f"{service.name}.py").write_text(models_of(service.name, document))
        print(MODELS / f"{service.name}.py")


if __name__ == "__main__":
    write()
