"""Two agents who state the tariff of one activity and day: neither replaces what he did not see."""

import asyncio
from typing import Any

from preau.billing import demo
from preau.billing.copies import repository as copies
from preau.contracts.billing import TariffUpdatedV1
from preau.testing.lock_waits import lock_waits

DAY = "2099-09-01"


async def state(town: Any, cents: int, seen: int | None = None) -> Any:
    body = {"activity_id": str(town.REPAS), "effective_from": DAY}
    body |= {"definition": {"rows": [{"price": {"kind": "flat", "amount_cents": cents}}]}}
    headers = town.agent | ({} if seen is None else {"If-Match": f'"{seen}"'})
    return await town.service.client.post("/agent/tariffs", json=body, headers=headers)


async def stands(town: Any) -> list[tuple[int, int]]:
    """The version and the price of what counts from the day on."""
    found = await town.service.client.get(f"/agent/tariffs?activity_id={town.REPAS}", headers=town.agent)
    return [
        (each["version"], each["definition"]["rows"][0]["price"]["amount_cents"])
        for each in found.json()["items"]
        if each["effective_from"] == DAY
    ]


async def test_a_tariff_is_replaced_by_who_saw_it(town):
    first = await state(town, 100, seen=0)
    assert (first.status_code, first.json()["version"]) == (201, 1)
    none_seen = await state(town, 200, seen=0)
    assert none_seen.status_code == 422
    assert "effective_from" in none_seen.text
    assert (await state(town, 300, seen=1)).json()["version"] == 2
    late = await state(town, 400, seen=1)
    assert (late.status_code, late.json()["version"]) == (409, 2)
    assert late.json()["type"].endswith("changed-meanwhile")
    assert await stands(town) == [(2, 300)]
    assert (await state(town, 500)).json()["version"] == 3, "who does not say what was seen is right"


async def test_two_first_tariffs_of_a_day_at_once_are_one(town):
    """Guard: the activity is locked before the version is read."""
    async with lock_waits(town.service.database) as waits:
        async with town.service.database.transaction(demo.JOLIEVILLE) as session:
            assert await copies.lock_activity(session, town.REPAS)
            both = [asyncio.create_task(state(town, cents, seen=0)) for cents in (100, 200)]
            await waits.until(2)
        answers = await asyncio.gather(*both)
    assert sorted(answer.status_code for answer in answers) == [201, 422]
    [(version, _)] = await stands(town)
    assert version == 1


async def test_each_statement_tells_since_when_the_activity_has_a_tariff(town):
    """The demonstration told of the tariffs that it made; a later one does not move the first day."""
    told = [one for one in await town.service.emitted(TariffUpdatedV1) if one.aggregate_id == town.REPAS]
    assert [(one.aggregate_version, one.first_day) for one in told] == [(1, demo.SINCE)]
    await town.service.forget_emitted()
    await state(town, 100, seen=0)
    await state(town, 200, seen=1)
    assert (await state(town, 300, seen=1)).status_code == 409
    told = await town.service.emitted(TariffUpdatedV1)
    assert [(one.aggregate_version, one.first_day) for one in told] == [(2, demo.SINCE), (3, demo.SINCE)]
