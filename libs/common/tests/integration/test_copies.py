"""Copies of another service's data: whatever order and company their events come in, the newest stays."""

import asyncio
from collections.abc import Sequence
from uuid import UUID

import pytest
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from uuid_utils.compat import uuid7

from preau.common.db.copies import CopyKeeper
from preau.common.db.database import Database
from preau.common.db.driver import Statement
from preau.common.db.migrations import enable_tenant_rls, execute_script
from preau.common.db.roles import ServiceDatabase
from preau.common.messaging.broker import Delivery, Message, Outcome
from preau.common.messaging.consumer import Inbox, Subscription
from preau.testing.services import message_of

from .conftest import ThingHappenedV1, as_migration

COMMUNE = UUID("01900000-0000-7000-8000-00000000000a")
OTHER = UUID("01900000-0000-7000-8000-00000000000b")
KEPT = Statement("SELECT label, version FROM thing_copy ORDER BY label")
ONE, TWO = uuid7(), uuid7()


class Table(DeclarativeBase):
    """Of this file alone."""


class ThingCopy(Table):
    __tablename__ = "thing_copy"

    thing_id: Mapped[UUID] = mapped_column(primary_key=True)
    commune_id: Mapped[UUID]
    version: Mapped[int]
    label: Mapped[str]


class ThingsQueue:
    name = "tests.copies"
    events = (ThingHappenedV1,)
    prefetch = 10


class Journeys(CopyKeeper):
    """Counts how many events travelled in each journey to the database."""

    def __init__(self) -> None:
        super().__init__(ThingCopy, of_thing)
        self.sizes: list[int] = []

    async def together(self, session, events: Sequence[ThingHappenedV1]) -> None:
        self.sizes.append(len(events))
        await super().together(session, events)


def of_thing(event: ThingHappenedV1) -> dict[str, object]:
    return {
        "thing_id": event.aggregate_id,
        "commune_id": event.commune_id,
        "version": event.aggregate_version,
        "label": event.label,
    }


@pytest.fixture
async def journeys(technical_database: ServiceDatabase) -> Journeys:
    def create() -> None:
        execute_script(
            "CREATE TABLE thing_copy (thing_id uuid PRIMARY KEY, commune_id uuid NOT NULL,"
            " version int NOT NULL, label text NOT NULL)"
        )
        enable_tenant_rls("thing_copy")

    await as_migration(technical_database, create)
    return Journeys()


@pytest.fixture
def inbox(database: Database, journeys: Journeys) -> Inbox:
    return Inbox(database, Subscription(ThingsQueue(), {ThingHappenedV1: journeys}))


def delivery(
    thing: UUID, version: int, *, commune: UUID = COMMUNE, message_id: UUID | None = None
) -> Delivery:
    event = ThingHappenedV1(
        commune_id=commune, aggregate_id=thing, aggregate_version=version, label=f"{thing} v{version}"
    )
    return Delivery(message_of(event, message_id))


async def kept(database: Database, commune: UUID = COMMUNE) -> list[str]:
    async with database.driver_transaction(commune) as transaction:
        return [row["label"] for row in await transaction.rows(KEPT, {})]


async def test_of_one_thing_the_newest_of_a_batch_stays(
    inbox: Inbox, journeys: Journeys, database: Database
) -> None:
    answers = await inbox.handle_batch(
        [delivery(ONE, 1), delivery(TWO, 5), delivery(ONE, 3), delivery(ONE, 2), delivery(TWO, 4)]
    )
    assert {answer.outcome for answer in answers} == {Outcome.DONE}
    assert await kept(database) == sorted([f"{ONE} v3", f"{TWO} v5"])
    assert journeys.sizes == [5]


async def test_a_batch_that_is_older_than_what_is_kept_changes_nothing(
    inbox: Inbox, database: Database
) -> None:
    await inbox.handle_batch([delivery(ONE, 7)])
    await inbox.handle_batch([delivery(ONE, 7), delivery(ONE, 5), delivery(ONE, 6)])
    assert await kept(database) == [f"{ONE} v7"]


async def test_each_commune_of_a_batch_keeps_its_own(
    inbox: Inbox, journeys: Journeys, database: Database
) -> None:
    await inbox.handle_batch(
        [delivery(ONE, 1), delivery(TWO, 1, commune=OTHER), delivery(TWO, 2, commune=OTHER), delivery(ONE, 2)]
    )
    assert (await kept(database), await kept(database, OTHER)) == ([f"{ONE} v2"], [f"{TWO} v2"])
    assert journeys.sizes == [1, 2, 1]


async def test_a_bad_one_among_them_is_parked_and_the_others_are_kept(
    inbox: Inbox, database: Database
) -> None:
    known = uuid7()
    await inbox.handle_batch([delivery(ONE, 1, message_id=known)])
    answers = await inbox.handle_batch(
        [
            delivery(ONE, 9, message_id=known),
            Delivery(Message(str(uuid7()), ThingHappenedV1.full_type(), b"{not json")),
            delivery(TWO, 2),
        ]
    )
    assert [answer.outcome for answer in answers] == [Outcome.DONE, Outcome.PARK, Outcome.DONE]
    assert await kept(database) == sorted([f"{ONE} v1", f"{TWO} v2"])


async def test_two_replicas_with_one_thing_in_both_their_batches_keep_the_newest(
    journeys: Journeys, database: Database
) -> None:
    """Rows in another order in each may deadlock: the database stops one of them, and it goes on alone."""
    queues = [Inbox(database, Subscription(ThingsQueue(), {ThingHappenedV1: journeys})) for _ in range(2)]
    there, back = (
        [delivery(thing, version) for version in range(1, 20) for thing in order]
        for order in ((ONE, TWO), (TWO, ONE))
    )
    answers = await asyncio.gather(queues[0].handle_batch(there), queues[1].handle_batch(back))
    assert {answer.outcome for batch in answers for answer in batch} <= {Outcome.DONE, Outcome.RETRY}
    assert await kept(database) == sorted([f"{ONE} v19", f"{TWO} v19"])
