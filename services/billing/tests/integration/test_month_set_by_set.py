"""A month computed set by set bills what the pure function says of every booking."""

import random
from uuid import UUID

import pytest
from sqlalchemy import text

from preau.billing import demo
from preau.billing.tariffs.definition import DEFINITION

from .drawn_month import TARIFFS, arrived_families, open_activities


@pytest.mark.parametrize("seed", range(3))
async def test_a_month_is_what_the_pure_function_says(town, seed: int):
    dice = random.Random(seed)  # noqa: S311
    definitions = {key: DEFINITION.validate_python(stated) for key, stated in TARIFFS.items()}
    await open_activities(town)
    families = await arrived_families(town, dice, 5)
    await town.issue(await town.run())
    billed = await billed_of(town)
    expected = {key: value for family in families for key, value in family.expected(definitions).items()}
    assert billed == expected
    # Nothing changed since: a complement has nothing to bill, charge by charge.
    await town.service.forget_emitted()
    run_id = await town.run(kind="complement")
    run = (await town.service.client.get(f"/agent/runs/{run_id}", headers=town.agent)).json()
    assert (run["status"], run["families"], run["total_cents"]) == ("computed", 0, 0)


@pytest.mark.parametrize("seed", range(4))
async def test_what_is_carried_over_is_what_the_pure_function_says(town, seed: int):
    """March and April are carried over where they are small, May bills all: each day at its own price."""
    dice = random.Random(seed)  # noqa: S311
    definitions = {key: DEFINITION.validate_python(stated) for key, stated in TARIFFS.items()}
    await open_activities(town)
    body = {"carry_under_cents": 100_00}
    answer = await town.service.client.patch(f"/agent/regies/{demo.MEALS}", json=body, headers=town.agent)
    assert answer.status_code == 200, answer.text
    families = await arrived_families(town, dice, 6, (3, 4, 5))
    carried = []
    for period in ("2026-03", "2026-04", "2026-05"):
        await town.service.forget_emitted()
        begun = await town.begin_run(period, carries=period != "2026-05")
        await town.compute()
        await town.service.forget_emitted()
        run = (await town.issue(begun.json()["run_id"])).json()
        assert run["status"] == "issued"
        carried.append(run["families_carried"])
    assert carried[0] and carried[2] == 0
    expected = {key: value for family in families for key, value in family.expected(definitions).items()}
    assert await billed_of(town) == expected
    for period in ("2026-03", "2026-04", "2026-05"):
        await town.service.forget_emitted()
        run_id = await town.run(period, kind="complement")
        run = (await town.service.client.get(f"/agent/runs/{run_id}", headers=town.agent)).json()
        assert (run["status"], run["families"], run["total_cents"]) == ("computed", 0, 0)


async def billed_of(town) -> dict[UUID, tuple[int, int]]:
    """What the lines bill of each booking: quantity and cents."""
    query = text(
        "SELECT b.booking_id, coalesce(sum(b.quantity) FILTER (WHERE l.kind = 'charge'), 0), sum(b.cents)"
        " FROM invoice_line l, unnest(l.bookings, l.quantities, l.amounts) AS b (booking_id, quantity, cents)"
        " GROUP BY 1"
    )
    async with town.service.database.transaction(demo.JOLIEVILLE) as session:
        rows = await session.execute(query)
        return {booking_id: (quantity, cents) for booking_id, quantity, cents in rows}
