"""What accepted requests change in the record."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from preau.common.ids import new_id
from preau.common.messaging.broker import Outcome
from preau.contracts.identity import FamilyUpdatedV1
from preau.contracts.requests import AddressEffect, PickupEffect, RequestDecidedV1
from preau.identity.demo.people import BEAUVAL, JOLIEVILLE, fixed_id
from preau.identity.families.effects import apply_moves

MARTIN, LEA, LINA = fixed_id(1, 1), fixed_id(4, 1), fixed_id(4, 2)
MAMIE = PickupEffect(
    child_id=LEA,
    person_name="Odile Martin",
    relation="Grand-parent",
    phone="0600",
    valid_from=date(2026, 3, 1),
)


def decided(effect: Any, decision: str = "accepted", **changes: Any) -> RequestDecidedV1:
    return RequestDecidedV1(
        **{
            "commune_id": JOLIEVILLE,
            "aggregate_id": new_id(),
            "family_id": MARTIN,
            "category_code": "pickup",
            "category_label": "Autorisation de récupération d’un enfant",
            "decision": decision,
            "decided_at": datetime(2026, 3, 1, 10, tzinfo=UTC),
            "effect": effect,
            **changes,
        }
    )


async def record(identity) -> dict[str, Any]:
    headers = identity.service.agent(JOLIEVILLE)
    return (await identity.client.get(f"/agent/families/{MARTIN}", headers=headers)).json()


async def test_the_person_authorised_stands_in_the_childs_record_once(identity):
    before = await record(identity)
    event = decided(MAMIE)
    await identity.service.deliver(event)
    await identity.service.deliver(event)  # told again, as another message
    after = await record(identity)
    lea = next(child for child in after["children"] if child["child_id"] == str(LEA))
    assert lea["pickup_authorisations"] == [
        {
            "person_name": "Odile Martin",
            "relation": "Grand-parent",
            "phone": "0600",
            "valid_from": "2026-03-01",
            "valid_to": None,
            "request_id": str(event.aggregate_id),
        }
    ]
    assert after["version"] == before["version"] + 1
    told = [e for e in await identity.service.emitted(FamilyUpdatedV1) if e.aggregate_id == MARTIN]
    assert told[-1].aggregate_version == after["version"]


async def test_a_refused_request_changes_nothing(identity):
    before = await record(identity)
    await identity.service.deliver(decided(MAMIE, "refused"))
    assert await record(identity) == before


@pytest.mark.parametrize(
    "odd",
    [
        decided(MAMIE.model_copy(update={"child_id": LINA})),
        decided(MAMIE, family_id=new_id()),
        decided(MAMIE, commune_id=BEAUVAL),
        decided(MAMIE.model_copy(update={"valid_to": date(2026, 2, 1)})),
    ],
    ids=["another family's child", "unknown family", "another commune", "ends before it begins"],
)
async def test_an_effect_that_makes_no_sense_is_parked_and_changes_nothing(identity, odd):
    before = await record(identity)
    (answer,) = await identity.service.hand_over(odd, queue="identity.effects")
    assert answer.outcome is Outcome.PARK
    assert await record(identity) == before


async def test_a_move_takes_effect_on_its_day(identity):
    today = datetime.now(UTC).date()
    await identity.service.deliver(
        decided(AddressEffect(street="1 rue A", postal_code="99100", city="Jolieville", valid_from=today))
    )
    assert (await record(identity))["address"]["street"] == "1 rue A"
    later = decided(
        AddressEffect(
            street="2 rue B", postal_code="99100", city="Jolieville", valid_from=today + timedelta(days=9)
        )
    )
    await identity.service.deliver(later)
    await apply_moves(identity.database)
    assert (await record(identity))["address"]["street"] == "1 rue A"
    async with identity.database.transaction(JOLIEVILLE) as session:
        await session.execute(
            text("UPDATE address_change SET valid_from = current_date - 1 WHERE request_id = :id"),
            {"id": UUID(str(later.aggregate_id))},
        )
    await apply_moves(identity.database)
    moved = await record(identity)
    assert moved["address"]["street"] == "2 rue B"
    await apply_moves(identity.database)
    assert (await record(identity))["version"] == moved["version"]
