"""A message takes effect once, whatever the broker does; a bad one holds up nobody."""

import asyncio
from dataclasses import replace
from uuid import UUID

import pytest
from sqlalchemy import text
from uuid_utils.compat import uuid7

from preau.common.db.database import Database
from preau.common.messaging.broker import Delivery, Message, Outcome, QueueSpec
from preau.common.messaging.consumer import Inbox, NotYet, Rejected, Subscription
from preau.testing.services import message_of

from .conftest import ThingHappenedV1

COMMUNE = UUID("01900000-0000-7000-8000-00000000000a")
OTHER = UUID("01900000-0000-7000-8000-00000000000b")
KEY = ThingHappenedV1.full_type()


class ThingsQueue:
    name = "tests.things"
    events = (ThingHappenedV1,)
    prefetch = 10


async def record(session, event: ThingHappenedV1) -> None:
    if event.label == "bug":
        raise ZeroDivisionError("a bug of ours")
    if event.label == "early":
        raise NotYet("its family is not here yet")
    if event.label == "nonsense":
        raise Rejected("never makes sense")
    await session.execute(
        text("INSERT INTO thing VALUES (:id, :commune, :label)"),
        {"id": uuid7(), "commune": event.commune_id, "label": event.label},
    )


@pytest.fixture
def inbox(database: Database) -> Inbox:
    return Inbox(database, Subscription(ThingsQueue(), {ThingHappenedV1: record}))


def delivery(label: str, *, commune: UUID = COMMUNE, message_id: UUID | None = None, failures: int = 0):
    event = ThingHappenedV1(commune_id=commune, aggregate_id=uuid7(), label=label)
    return Delivery(message_of(event, message_id), failures)


async def labels(database: Database) -> list[str]:
    async with database.system_transaction() as session:
        return list((await session.execute(text("SELECT label FROM thing ORDER BY label"))).scalars())


async def test_the_same_message_three_times_takes_effect_once(inbox: Inbox, database: Database) -> None:
    same = uuid7()
    batch = [delivery("once", message_id=same) for _ in range(3)]
    answers = [*await inbox.handle_batch(batch[:2]), *await inbox.handle_batch(batch[2:])]
    assert {answer.outcome for answer in answers} == {Outcome.DONE}
    assert await labels(database) == ["once"]


async def test_the_same_message_at_the_same_time_takes_effect_once(inbox: Inbox, database: Database) -> None:
    same = uuid7()
    await asyncio.gather(*(inbox.handle_batch([delivery("once", message_id=same)]) for _ in range(8)))
    assert await labels(database) == ["once"]


async def test_a_batch_over_two_communes_keeps_each_in_its_own(inbox: Inbox, database: Database) -> None:
    await inbox.handle_batch([delivery("ours"), delivery("theirs", commune=OTHER), delivery("ours too")])
    async with database.transaction(OTHER) as session:
        assert list((await session.execute(text("SELECT label FROM thing"))).scalars()) == ["theirs"]


async def test_bad_messages_are_parked_and_their_neighbours_go_on(inbox: Inbox, database: Database) -> None:
    unknown = Message(str(uuid7()), KEY, delivery("x").message.body.replace(b"happened.v1", b"other.v9"))
    forged = Message(
        str(uuid7()), KEY, delivery("x").message.body.replace(b'"commune_id":"01', b'"commune_id":"02')
    )
    batch = [
        delivery("before"),
        Delivery(Message(str(uuid7()), "x", b"{not json")),
        Delivery(unknown),
        Delivery(forged),
        delivery("nonsense"),
        delivery("bug"),
        delivery("early"),
        delivery("after"),
    ]
    answers = await inbox.handle_batch(batch)
    assert [answer.outcome for answer in answers] == [
        Outcome.DONE,
        Outcome.PARK,
        Outcome.PARK,
        Outcome.PARK,
        Outcome.PARK,
        Outcome.RETRY,
        Outcome.RETRY,
        Outcome.DONE,
    ]
    assert await labels(database) == ["after", "before"]


@pytest.mark.parametrize("key", ["payments.thing.happened.v1", ""])
async def test_an_event_published_under_another_key_is_refused(
    inbox: Inbox, database: Database, key: str
) -> None:
    """The broker lets a service use only keys of its own: the body may say what it wants."""
    message = replace(delivery("forged").message, routing_key=key)
    [answer] = await inbox.handle_batch([Delivery(message)])
    assert (answer.outcome, await labels(database)) == (Outcome.PARK, [])
    assert "published under the key" in answer.reason


async def test_an_event_whose_source_is_not_its_publisher_is_refused(
    inbox: Inbox, database: Database
) -> None:
    body = delivery("forged").message.body.replace(b"/preau/tests", b"/preau/identity")
    [answer] = await inbox.handle_batch([Delivery(Message(str(uuid7()), KEY, body))])
    assert (answer.outcome, await labels(database)) == (Outcome.PARK, [])
    assert "not for /preau/identity to say" in answer.reason


async def test_what_fails_in_every_tier_is_parked(inbox: Inbox) -> None:
    [answer] = await inbox.handle_batch([delivery("bug", failures=4)])
    assert answer.outcome is Outcome.PARK


async def test_a_reason_names_no_value_of_the_message(inbox: Inbox) -> None:
    body = delivery("x").message.body.replace(b'"label":"x"', b'"label":{"secret":"Durand"}')
    [answer] = await inbox.handle_batch([Delivery(Message(str(uuid7()), KEY, body))])
    assert answer.outcome is Outcome.PARK
    assert "Durand" not in answer.reason


def test_a_subscription_that_handles_other_events_than_its_queue_does_not_start(database: Database) -> None:
    with pytest.raises(RuntimeError, match="ThingHappenedV1"):
        Inbox(database, Subscription(ThingsQueue(), {}))
    assert QueueSpec("a", ("b",)).prefetch == 50
