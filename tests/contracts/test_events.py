"""Every event keeps its word: an example on file, read by today's code and told by the pages."""

import json
from importlib import import_module
from pathlib import Path

import pytest

from preau.contracts.event import Event
from preau.contracts.topology import QUEUES
from preau.operations.docs import all_events, asyncapi_document, events_page, listeners

FIXTURES = Path(__file__).parent / "fixtures"
DOCS = Path(__file__).parents[2] / "docs"
PUBLISHERS = ("identity", "reservations", "billing", "payments", "requests")


def declared() -> set[type[Event]]:
    """Every event class of the contracts, bound or not."""
    found: set[type[Event]] = set()
    for name in PUBLISHERS:
        for value in vars(import_module(f"preau.contracts.{name}")).values():
            if isinstance(value, type) and issubclass(value, Event) and value is not Event:
                found.add(value)
    return found


@pytest.mark.parametrize("event", all_events(), ids=lambda event: event.full_type())
def test_the_example_on_file_is_read_without_loss(event: type[Event]) -> None:
    example = json.loads((FIXTURES / f"{event.full_type()}.json").read_text())
    assert json.loads(event.model_validate(example).model_dump_json()) == example


@pytest.mark.parametrize("event", all_events(), ids=lambda event: event.full_type())
def test_a_reader_ignores_a_field_of_tomorrow(event: type[Event]) -> None:
    example = json.loads((FIXTURES / f"{event.full_type()}.json").read_text())
    assert event.model_validate({**example, "of_tomorrow": 1}) == event.model_validate(example)


def test_each_event_has_a_listener_and_each_file_an_event() -> None:
    assert declared() == set(all_events())
    assert all(listeners(event) for event in declared())
    assert {path.stem for path in FIXTURES.glob("*.json")} == {event.full_type() for event in declared()}


def test_an_event_is_named_after_its_publisher_and_version() -> None:
    for event in declared():
        publisher = event.__module__.rsplit(".", 1)[1]
        assert event.event_type.startswith(f"{publisher}.")
        assert event.__name__.endswith(f"V{event.event_version}")


def test_a_queue_belongs_to_a_service() -> None:
    assert {queue.service for queue in QUEUES} <= set(PUBLISHERS)
    assert len({queue.name for queue in QUEUES}) == len(QUEUES)


def test_the_pages_are_fresh() -> None:
    assert (DOCS / "events.md").read_text() == events_page(), "run `make docs`"
    assert json.loads((DOCS / "asyncapi.json").read_text()) == asyncapi_document(), "run `make docs`"
