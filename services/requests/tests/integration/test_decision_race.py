"""Two people move one request at once. Each test was seen to fail without the version in ``change``."""

import asyncio
from typing import Any
from uuid import UUID

import pytest

from preau.common.http.permissions import AgentCaller, FamilyCaller
from preau.common.ids import new_id
from preau.contracts.requests import RequestDecidedV1
from preau.requests.requests import decisions, service
from preau.requests.requests.errors import RequestChanged, WrongStatus
from preau.requests.requests.schemas import Decision, RequestChange
from preau.testing.lock_waits import lock_waits


def agent_in(town: Any) -> AgentCaller:
    return AgentCaller(new_id(), new_id(), town.commune_id, frozenset({"requests"}), "Agent")


def parent_in(family: Any) -> FamilyCaller:
    return FamilyCaller(family.account_id, new_id(), family.family_id, family.guardian_id, family.commune_id)


async def second_after_first(town: Any, first: Any, second: Any) -> None:
    """Run both up to their writes; the second waits for the first's row, then goes on after its commit."""
    database = town.service.database
    async with database.transaction(town.commune_id) as one:
        await first(one)

        async def other() -> None:
            async with database.transaction(town.commune_id) as two:
                await second(two)

        waiting = asyncio.create_task(other())
        async with lock_waits(database) as waits:
            await waits.until()
    await waiting


async def test_two_agents_decide_at_once_and_one_decision_stands(service, family, town) -> None:
    request_id = UUID((await family.file())["request_id"])
    with pytest.raises(RequestChanged):
        await second_after_first(
            town,
            lambda session: decisions.decide(
                session, agent_in(town), request_id, Decision(decision="accepted")
            ),
            lambda session: decisions.decide(
                session, agent_in(town), request_id, Decision(decision="refused")
            ),
        )
    read = (await town.get(f"requests/{request_id}")).json()
    assert read["status"] == "accepted"
    assert [step["to_status"] for step in read["history"]] == ["draft", "submitted", "in_review", "accepted"]
    assert [event.decision for event in await service.emitted(RequestDecidedV1)] == ["accepted"]


async def test_twenty_decisions_at_once_give_one(service, family, town) -> None:
    request_id = (await family.file())["request_id"]
    answers = await asyncio.gather(
        *(
            town.decide(request_id, "accepted" if number % 2 else "refused", message="x")
            for number in range(20)
        )
    )
    statuses = sorted(answer.status_code for answer in answers)
    assert statuses[0] == 200
    assert set(statuses[1:]) <= {409, 503}
    assert len(await service.emitted(RequestDecidedV1)) == 1
    read = (await town.get(f"requests/{request_id}")).json()
    assert len(read["messages"]) == 1


async def test_a_request_taken_back_while_it_is_decided_is_one_or_the_other(service, family, town) -> None:
    request_id = UUID((await family.file())["request_id"])
    with pytest.raises((RequestChanged, WrongStatus)):
        await second_after_first(
            town,
            lambda session: withdraw(family, session, request_id),
            lambda session: decisions.decide(
                session, agent_in(town), request_id, Decision(decision="accepted")
            ),
        )
    assert await service.emitted(RequestDecidedV1) == []


async def withdraw(family: Any, session: Any, request_id: UUID) -> None:
    await service.withdraw(session, parent_in(family), request_id)


async def test_a_draft_emptied_while_it_is_sent_is_not_sent_empty(family, town) -> None:
    draft = await family.file(submit=False)
    request_id = UUID(draft["request_id"])
    with pytest.raises(RequestChanged):
        await second_after_first(
            town,
            lambda session: service.change(session, parent_in(family), request_id, RequestChange(answers={})),
            lambda session: service.submit(session, parent_in(family), request_id),
        )
    assert (await family.get(f"requests/{request_id}")).json()["status"] == "draft"
