"""Joins the services' OpenAPI documents as the gateway exposes them. Pure."""

from collections.abc import Mapping
from typing import Any, cast

Document = dict[str, Any]

AUDIENCES = ("/parent/", "/agent/", "/public/")
SCHEMAS = "#/components/schemas/"


def public_path(service: str, path: str) -> str | None:
    """A service's path as the gateway exposes it, None for what it keeps inside."""
    for audience in AUDIENCES:
        if path.startswith(audience):
            if path.startswith("/public/sandbox/"):
                return None
            return f"/api{audience}{service}/{path.removeprefix(audience)}"
    if service == "payments" and path.startswith("/hooks/"):
        return f"/hooks/payments/{path.removeprefix('/hooks/')}"
    return None


def join(documents: Mapping[str, Document], *, title: str, server: str) -> Document:
    """One document; schemas and operations carry their service's name ("billing.InvoiceOut")."""
    paths: Document = {}
    schemas: Document = {}
    for service, document in sorted(documents.items()):
        for path, operations in cast("Document", document.get("paths") or {}).items():
            exposed = public_path(service, path)
            if exposed is not None:
                paths[exposed] = {
                    method: _operation(service, operation) for method, operation in operations.items()
                }
        components = cast("Document", document.get("components") or {})
        for name, schema in cast("Document", components.get("schemas") or {}).items():
            schemas[f"{service}.{name}"] = _renamed(service, schema)
    return {
        "openapi": "3.1.0",
        "info": {"title": title, "version": "1"},
        "servers": [{"url": server}],
        "tags": [{"name": service} for service in sorted(documents)],
        "paths": dict(sorted(paths.items())),
        "components": {
            "schemas": schemas,
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
        },
        "security": [{"bearer": []}],
    }


def _operation(service: str, operation: object) -> object:
    renamed = _renamed(service, operation)
    if not isinstance(renamed, dict):
        return renamed
    named = cast("Document", renamed)
    named.pop("security", None)
    if "operationId" in named:
        named["operationId"] = f"{service}_{named['operationId']}"
    return {**named, "tags": [service]}


def _renamed(service: str, node: object) -> object:
    if isinstance(node, dict):
        return {
            key: f"{SCHEMAS}{service}.{value.removeprefix(SCHEMAS)}"
            if key == "$ref" and isinstance(value, str) and value.startswith(SCHEMAS)
            else _renamed(service, value)
            for key, value in cast("Document", node).items()
        }
    if isinstance(node, list):
        return [_renamed(service, each) for each in cast("list[Any]", node)]
    return node
