"""Two hundred families want the one last place at the same moment, from a service as it is deployed."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator

import pytest

from preau.common.ids import new_id
from preau.contracts.reservations import OrderPlacedV1
from preau.reservations.app import create_app
from preau.reservations.settings import ReservationsSettings
from preau.testing.services import running_service

pytestmark = pytest.mark.fault

CLIENTS = 200


@pytest.fixture
async def service() -> AsyncIterator:
    """The service with the pool it has by default."""
    async with running_service("reservations", create_app, ReservationsSettings) as running:
        yield running


async def until_told(family, statuses: Counter):
    """Order, and again with the same key when told to come back: the last answer."""
    key = str(new_id())
    while True:
        answer = await family.order(key)
        statuses[answer.status_code] += 1
        if answer.status_code != 503:
            return answer
        assert answer.headers["content-type"] == "application/problem+json"
        await asyncio.sleep(int(answer.headers["retry-after"]))


async def test_one_has_it_and_the_others_are_told_so(service, story_class):
    """At worst the pool of connections is full for its five seconds: 503 with Retry-After, nothing else."""
    story = story_class(service)
    await story.begin()
    [day] = await story.served_days(story.REPAS, 1)
    await story.capacity(story.REPAS, day, 1)
    families = [await story.household(f"Famille {n}") for n in range(CLIENTS)]
    for family in families:
        assert (await family.put_in_basket(day, activity_id=story.REPAS)).status_code == 200
    statuses: Counter[int] = Counter()
    answers = await asyncio.gather(*(until_told(family, statuses) for family in families))
    print(f"answers: {dict(statuses)}")
    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: CLIENTS - 1}
    lost = [answer.json() for answer in answers if answer.status_code == 409]
    assert {problem["title"] for problem in lost} == {"Complet"}
    assert {problem["rule"] for problem in lost} == {"full"}
    words = ("Il n’y a plus de place le ", "Complet le ")
    assert all(problem["detail"].startswith(words) for problem in lost), lost[0]
    assert set(statuses) <= {201, 409, 503}
    assert await story.used(story.REPAS, day) == 1
    assert len(await story.service.emitted(OrderPlacedV1)) == 1
    await story.check_invariants()
