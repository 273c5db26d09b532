from dataclasses import replace
from uuid import UUID

import pytest
from sqlalchemy import text

from preau.common.ids import new_id
from preau.contracts.identity import AccountErasedV1, Child, FamilyUpdatedV1
from preau.requests.copies.repository import find_family
from preau.requests.demo import JOLIEVILLE


async def test_an_older_event_changes_nothing(service, family) -> None:
    newer = FamilyUpdatedV1(
        commune_id=JOLIEVILLE,
        aggregate_id=family.family_id,
        aggregate_version=5,
        label="Famille Grand",
        guardians=(),
        children=(),
    )
    older = newer.model_copy(update={"aggregate_version": 4, "label": "Famille Ancienne"})
    for event in (newer, older, newer):
        await service.deliver(event)
    async with service.database.transaction(JOLIEVILLE) as session:
        copy = await find_family(session, family.family_id)
    assert copy is not None
    assert (copy.label, copy.version) == ("Famille Grand", 5)


async def test_no_more_of_a_family_is_kept_than_names(service, family) -> None:
    await service.deliver(
        FamilyUpdatedV1(
            commune_id=JOLIEVILLE,
            aggregate_id=family.family_id,
            aggregate_version=2,
            label="L",
            guardians=(),
            children=(
                Child(
                    child_id=new_id(),
                    first_name="A",
                    last_name="B",
                    birth_date="2020-01-01",
                    diet="sans porc",
                ),
            ),
        )
    )
    async with service.database.transaction(JOLIEVILLE) as session:
        copy = await find_family(session, family.family_id)
    assert copy is not None
    assert copy.children[0].keys() == {"child_id", "first_name", "last_name"}


async def test_a_family_whose_record_has_not_come_yet_is_asked_to_try_again(family) -> None:
    newcomer = replace(family, family_id=new_id())
    answer = await newcomer.post(
        "requests",
        {
            "category_id": await newcomer.category(),
            "answers": newcomer.answers(),
            "documents": {"identity": await newcomer.document()},
            "submit": True,
        },
    )
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "2"


@pytest.mark.parametrize("times", [1, 3])
async def test_an_erased_account_is_no_longer_named(service, family, town, times: int) -> None:
    filed = await family.file()
    path = f"requests/{filed['request_id']}"
    await family.post(f"{path}/messages", {"text": "Bonjour"})
    event = AccountErasedV1(commune_id=JOLIEVILLE, aggregate_id=family.account_id)
    for _ in range(times):
        await service.deliver(event)
    read = (await town.get(path)).json()
    assert {step["actor_name"] for step in read["history"]} == {"Compte supprimé"}
    assert read["messages"][0]["author_name"] == "Compte supprimé"
    async with service.database.transaction(JOLIEVILLE) as session:
        for table, column in (
            ("request", "account_id"),
            ("document", "account_id"),
            ("message", "author_id"),
            ("request_history", "actor_id"),
        ):
            found = await session.execute(
                text(f"SELECT count(*) FROM {table} WHERE {column} = :id"),  # noqa: S608
                {"id": UUID(str(family.account_id))},
            )
            assert found.scalar_one() == 0
