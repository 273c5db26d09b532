"""``preau docs``: the pages about events, written from the contracts themselves."""

import json
from pathlib import Path
from typing import Any, get_args, get_origin

from pydantic import BaseModel

from preau.contracts.event import Event
from preau.contracts.topology import EXCHANGE, QUEUES

HEAD = """# Events

Written by `make docs` from `libs/contracts`; a test fails when it is stale.
Services speak by these events only.

- Exchange `{exchange}` (topic, durable); routing key = type with version: `billing.invoice.issued.v1`.
- Envelope: CloudEvents 1.0, structured JSON: `specversion, id, source, type, time, subject` (the
  aggregate), `communeid, aggregateversion, correlationid, causationid, traceparent, data`.
- A field may be added inside a version, with a default; nothing is removed or changes its meaning.
  Readers ignore what they do not know.
- Each event has an example in `tests/contracts/fixtures/`; the machine-readable form is `docs/asyncapi.json`.
"""


def all_events() -> list[type[Event]]:
    """Every event that some queue is bound to, by type."""
    found = {event for queue in QUEUES for event in queue.events}
    return sorted(found, key=lambda event: event.full_type())


def listeners(event: type[Event]) -> list[str]:
    return [queue.name for queue in QUEUES if event in queue.events]


def _type_name(annotation: Any) -> str:
    if isinstance(annotation, type) and not get_origin(annotation):
        return annotation.__name__
    arguments = [_type_name(item) for item in get_args(annotation) if item is not ...]
    name = getattr(get_origin(annotation), "__name__", "")
    if name in {"UnionType", "Union"}:
        return " or ".join(arguments).replace("NoneType", "null")
    if name == "Literal":
        return " · ".join(f"`{item or '(empty)'}`" for item in get_args(annotation))
    if name == "Annotated":
        return arguments[0] if arguments else "?"
    if name in {"tuple", "list"}:
        return f"list of {arguments[0]}"
    return str(annotation).removeprefix("typing.")


def _fields(model: type[BaseModel]) -> list[str]:
    lines = ["| field | type | default |", "|---|---|---|"]
    for name, field in model.model_fields.items():
        default = "required" if field.is_required() else f"`{field.get_default(call_default_factory=True)!r}`"
        lines.append(f"| `{name}` | {_type_name(field.annotation)} | {default} |")
    return lines


def _parts(model: type[BaseModel], seen: dict[str, type[BaseModel]]) -> None:
    for field in model.model_fields.values():
        waiting = [field.annotation]
        while waiting:
            annotation: Any = waiting.pop()
            if isinstance(annotation, type) and issubclass(annotation, BaseModel):
                if annotation.__name__ not in seen:
                    seen[annotation.__name__] = annotation
                    _parts(annotation, seen)
            else:
                waiting += [item for item in get_args(annotation) if item is not ...]


def events_page() -> str:
    """``docs/events.md``."""
    lines = [HEAD.format(exchange=EXCHANGE), "| event | what it says | who listens |", "|---|---|---|"]
    parts: dict[str, type[BaseModel]] = {}
    for event in all_events():
        says = (event.__doc__ or "").strip().splitlines()[0]
        lines.append(
            f"| [`{event.full_type()}`](#{_anchor(event)}) | {says} | {', '.join(listeners(event))} |"
        )
    for event in all_events():
        lines += ["", f"## {event.__name__}", "", f"`{event.full_type()}`", ""]
        lines += [*(line.strip() for line in (event.__doc__ or "").strip().splitlines()), "", *_fields(event)]
        _parts(event, parts)
    lines += ["", "# Parts of events"]
    for name in sorted(parts):
        says = " ".join((parts[name].__doc__ or "").split())
        lines += ["", f"## {name}", "", says, "", *_fields(parts[name])]
    return "\n".join(lines).replace("``", "`") + "\n"


def _anchor(event: type[Event]) -> str:
    return event.__name__.lower()


def asyncapi_document() -> dict[str, Any]:
    """``docs/asyncapi.json``: AsyncAPI 3.0."""
    channels: dict[str, Any] = {}
    operations: dict[str, Any] = {}
    schemas: dict[str, Any] = {}
    for event in all_events():
        schema = event.model_json_schema(ref_template="#/components/schemas/{model}")
        schemas.update(schema.pop("$defs", {}))
        schemas[event.__name__] = schema
        channels[event.full_type()] = {
            "address": event.full_type(),
            "messages": {
                event.__name__: {
                    "name": event.full_type(),
                    "contentType": "application/cloudevents+json",
                    "payload": {"$ref": f"#/components/schemas/{event.__name__}"},
                }
            },
            "bindings": {"amqp": {"is": "routingKey", "exchange": {"name": EXCHANGE, "type": "topic"}}},
        }
    for queue in QUEUES:
        for event in queue.events:
            operations[f"{queue.name} receives {event.__name__}".replace(" ", "-")] = {
                "action": "receive",
                "channel": {"$ref": f"#/channels/{event.full_type()}"},
                "tags": [{"name": queue.service}],
            }
    return {
        "asyncapi": "3.0.0",
        "info": {"title": "Préau", "version": "1", "license": {"name": "EUPL-1.2"}},
        "defaultContentType": "application/cloudevents+json",
        "channels": channels,
        "operations": operations,
        "components": {"schemas": schemas},
    }


def write_docs(folder: Path) -> list[Path]:
    """Write the generated pages; what was written."""
    pages = {
        folder / "events.md": events_page(),
        folder / "asyncapi.json": json.dumps(asyncapi_document(), ensure_ascii=False, indent=2) + "\n",
    }
    for path, content in pages.items():
        path.write_text(content)
    return list(pages)
