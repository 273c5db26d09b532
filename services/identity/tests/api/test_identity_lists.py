"""Classes of residency and categories of children, of the commune's own."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import text

from preau.contracts.identity import CommuneUpdatedV1, FamilyUpdatedV1
from preau.identity.demo.people import BEAUVAL
from preau.testing.lock_waits import lock_waits

RESIDENT = {"code": "resident", "label": "Commune", "is_resident": True}
ELSEWHERE = {"code": "non_resident", "label": "Hors commune", "is_resident": False}
NEAR = {"code": "near", "label": "Commune conventionnée", "is_resident": True}
PAI = {"code": "pai", "label": "Repas fourni (PAI)"}


class Lists:
    """The lists of Beauval, a family of it, and its agents."""

    def __init__(self, identity: Any, family: dict[str, Any]) -> None:
        self.identity, self.path = identity, f"/agent/families/{family['family_id']}"
        self.child = f"/children/{family['children'][0]['child_id']}"
        self.admin = identity.service.agent(BEAUVAL, "admin")

    async def write(self, *, seen: int | None = None, **lists: Any) -> Any:
        body = {"residency_classes": [RESIDENT, ELSEWHERE, NEAR], "child_categories": [PAI], **lists}
        headers = self.admin | ({} if seen is None else {"If-Match": f'"{seen}"'})
        return await self.identity.client.put("/agent/commune/lists", json=body, headers=headers)

    async def change(self, where: str, body: dict[str, Any]) -> Any:
        return await self.identity.client.patch(self.path + where, json=body, headers=self.admin)


@pytest.fixture
async def lists(identity) -> Lists:
    """With the lists as they are at first."""
    person = {"first_name": "Ada", "last_name": "Liste"}
    body = {
        "label": "Famille Liste",
        "guardians": [person],
        "children": [person | {"birth_date": "2018-05-04"}],
        "known_family": True,
    }
    headers = identity.service.agent(BEAUVAL, "admin")
    async with identity.database.transaction(BEAUVAL) as session:
        await session.execute(text("UPDATE residency_period SET residency = 'resident'"))
        await session.execute(text("UPDATE schooling SET category = ''"))
        await session.execute(
            text(
                "UPDATE commune SET residency_classes = DEFAULT, child_categories = DEFAULT"
                " WHERE commune_id = :id"
            ),
            {"id": BEAUVAL},
        )
    family = await identity.client.post("/agent/families", json=body, headers=headers)
    assert family.status_code == 201, family.text
    return Lists(identity, family.json())


def refused(answer: Any) -> list[str]:
    assert answer.status_code == 422, answer.text
    return [error["field"] for error in answer.json()["errors"]]


async def test_the_lists_are_told_and_families_are_described_by_them(identity, lists):
    assert refused(await lists.change("", {"residency": "near"})) == ["residency"]
    assert (await lists.change(lists.child, {"category": "free"})).status_code == 200
    written = await lists.write()
    assert written.status_code == 200, written.text
    told = (await identity.service.emitted(CommuneUpdatedV1))[-1].model_dump(mode="json")
    for name, rows in (("residency_classes", [RESIDENT, ELSEWHERE, NEAR]), ("child_categories", [PAI])):
        assert told[name] == written.json()[name] == rows
    assert refused(await lists.change(lists.child, {"category": "other"})) == ["category"]
    assert (await lists.change(lists.child, {"category": "pai"})).status_code == 200
    family = (await lists.change("", {"residency": "near"})).json()
    assert (family["residency"], family["residencies"][-1]["residency"]) == ("resident", "near")
    event = (await identity.service.emitted(FamilyUpdatedV1))[-1]
    assert (event.residency, event.residencies[-1].residency) == ("resident", "near")


async def test_what_families_have_stays_in_the_lists(lists):
    await lists.write()
    await lists.change("", {"residency": "near"})
    await lists.change(lists.child, {"category": "pai"})
    assert refused(await lists.write(residency_classes=[RESIDENT, ELSEWHERE])) == ["residency_classes"]
    assert refused(await lists.write(child_categories=[])) == ["child_categories"]
    turned = [RESIDENT, ELSEWHERE, NEAR | {"is_resident": False}]
    assert refused(await lists.write(residency_classes=turned)) == ["residency_classes.2.is_resident"]


async def test_lists_that_cannot_be_are_refused_by_their_field(lists):
    for field, body in {
        "residency_classes": {"residency_classes": [RESIDENT]},
        "residency_classes.2.code": {"residency_classes": [RESIDENT, ELSEWHERE, RESIDENT]},
        "residency_classes.0.code": {"residency_classes": [RESIDENT | {"code": "À"}, ELSEWHERE]},
        "child_categories.0.label": {"child_categories": [PAI | {"label": ""}]},
        "child_categories.1.code": {"child_categories": [PAI, PAI]},
    }.items():
        assert field in refused(await lists.write(**body))


async def test_the_lists_that_were_seen_are_what_is_changed(identity, lists):
    seen = (await identity.client.get("/agent/commune", headers=lists.admin)).json()["version"]
    answers = await asyncio.gather(lists.write(seen=seen), lists.write(seen=seen, child_categories=[]))
    assert sorted(answer.status_code for answer in answers) == [200, 409]


async def test_a_class_that_a_family_gets_this_moment_is_not_taken_away(identity, lists):
    """Seen to fail without the lock on the commune: whoever takes the class away does not wait."""
    await lists.write()
    family_id = lists.path.rpartition("/")[2]
    async with lock_waits(identity.database) as waits:
        async with identity.database.transaction(BEAUVAL) as session:
            await session.execute(
                text("SELECT 1 FROM residency_period WHERE family_id = :id FOR UPDATE"), {"id": family_id}
            )
            given = asyncio.create_task(lists.change("", {"residency": "near", "since_always": True}))
            await waits.until(1)
            taken = asyncio.create_task(lists.write(residency_classes=[RESIDENT, ELSEWHERE]))
            await waits.until(2)
        answers = [await given, await taken]
    assert [answer.status_code for answer in answers] == [200, 422]
