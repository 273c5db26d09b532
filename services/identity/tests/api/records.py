"""Families of a commune, and what an agent does to their records."""

from typing import Any
from uuid import UUID

from preau.common.ids import new_id
from preau.contracts.identity import FamilyUpdatedV1
from preau.identity.demo.people import JOLIEVILLE


class Record:
    """A family of Jolieville, or of ``commune``, and what an agent does to it."""

    def __init__(self, identity: Any, record: dict[str, Any], commune: UUID) -> None:
        self.identity, self.now = identity, record
        self.headers = identity.service.agent(commune, "reservations")
        self.path = f"/agent/families/{record['family_id']}"
        self.child = f"/children/{record['children'][0]['child_id']}"
        self.guardians = [f"/guardians/{person['guardian_id']}" for person in record["guardians"]]

    async def ask(self, method: str, where: str, body: Any = None, *, seen: int | None = None) -> Any:
        headers = self.headers | ({} if seen is None else {"If-Match": f'"{seen}"'})
        return await self.identity.client.request(method, self.path + where, json=body, headers=headers)

    async def done(self, method: str, where: str, body: Any = None) -> dict[str, Any]:
        answer = await self.ask(method, where, body)
        assert answer.status_code in (200, 201), answer.text
        return answer.json()

    async def refused(self, method: str, where: str, body: Any = None) -> dict[str, str]:
        answer = await self.ask(method, where, body)
        assert answer.status_code == 422, answer.text
        return {error["field"]: error["message"] for error in answer.json()["errors"]}

    async def events(self) -> list[FamilyUpdatedV1]:
        told = await self.identity.service.emitted(FamilyUpdatedV1)
        return [event for event in told if event.aggregate_id == UUID(self.now["family_id"])]


async def family(identity: Any, commune: UUID = JOLIEVILLE) -> Record:
    """Ada, who pays, Bo and their child Zoé, pupil of CE2, who live elsewhere."""
    name = f"Date{new_id().hex[-8:]}"
    body = {
        "label": f"Famille {name}",
        "residency": "non_resident",
        "guardians": [{"first_name": "Ada", "last_name": name}, {"first_name": "Bo", "last_name": name}],
        "children": [
            {
                "first_name": "Zoé",
                "last_name": name,
                "birth_date": "2018-05-04",
                "school": "Jules-Ferry",
                "class_name": "CE2",
            }
        ],
    }
    headers = identity.service.agent(commune, "reservations")
    answer = await identity.client.post("/agent/families", json=body, headers=headers)
    assert answer.status_code == 201, answer.text
    return Record(identity, answer.json(), commune)


def spans(history: list[dict[str, Any]], *names: str) -> list[tuple[Any, ...]]:
    return [tuple(entry[name] for name in (*names, "effective_from", "effective_to")) for entry in history]
