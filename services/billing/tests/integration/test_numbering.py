"""Numbers without gaps or duplicates, and invoices that stay as they were issued."""

import asyncio
from datetime import date

import pytest
import pytest_asyncio
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from preau.billing import demo
from preau.common.ids import new_id
from preau.contracts.reservations import OrderPlacedV1

SERIES = text(
    "SELECT series_number FROM invoice WHERE regie_id = :regie_id AND number IS NOT NULL ORDER BY 1"
)


async def numbers(town, regie_id) -> list[int]:
    async with town.service.database.transaction(demo.JOLIEVILLE) as session:
        return list(await session.scalars(SERIES, {"regie_id": regie_id}))


async def test_two_runs_issued_at_once_share_the_series_without_gap(town):
    families = [await town.household(f"Famille{index}") for index in range(9)]
    runs = []
    for month in (2, 3, 4):
        for family in families:
            await town.order(family, town.booking(family, date(2026, month, 2)))
        runs.append(await town.run(f"2026-{month:02}"))
        await town.service.forget_emitted()
    answers = await asyncio.gather(*(town.issue(run_id) for run_id in runs))
    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert await numbers(town, demo.MEALS) == list(range(1, 28))


async def test_a_run_is_issued_once_however_often_it_is_asked(town):
    family = await town.household("Martin")
    await town.order(family, town.booking(family, date(2026, 3, 2)))
    run_id = await town.run()
    answers = await asyncio.gather(*(town.issue(run_id) for _ in range(6)))
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409, 409, 409]
    assert await numbers(town, demo.MEALS) == [1]


async def test_the_same_idempotency_key_gives_the_same_answer(town):
    family = await town.household("Martin")
    await town.order(family, town.booking(family, date(2026, 3, 2)))
    run_id = await town.run()
    first, second = [await town.ask_to_issue(run_id, "once") for _ in range(2)]
    assert (first.status_code, second.status_code) == (202, 202)
    assert first.json() == second.json()
    await town.compute()
    assert await numbers(town, demo.MEALS) == [1]


async def test_the_same_run_asked_at_once_begins_once(town):
    family = await town.household("Martin")
    await town.order(family, town.booking(family, date(2026, 3, 2)))
    answers = await asyncio.gather(*(town.begin_run() for _ in range(6)))
    assert sorted(answer.status_code for answer in answers) == [202, 409, 409, 409, 409, 409]
    for kind in ("month_end", "complement"):
        later = await town.begin_run(kind=kind)
        assert later.status_code == 409 and later.json()["run_status"] == "computing"


async def test_prepaid_orders_that_race_share_the_series_without_gap(town):
    families = [await town.household(f"Famille{index}") for index in range(12)]
    orders = [
        OrderPlacedV1(
            commune_id=demo.JOLIEVILLE,
            aggregate_id=new_id(),
            family_id=family.family_id,
            placed_at="2026-03-01T10:00:00Z",
            status="awaiting_payment",
            bookings=(
                town.booking(family, date(2026, 3, 4), activity=town.MERCREDI, status="awaiting_payment"),
            ),
        )
        for family in families
    ]
    await asyncio.gather(*(town.service.deliver(order) for order in orders))
    assert await numbers(town, demo.LEISURE) == list(range(1, 13))


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def town_with_an_invoice(module_town):
    family = await module_town.household("Martin")
    await module_town.order(family, module_town.booking(family, date(2026, 3, 2)))
    assert (await module_town.issue(await module_town.run())).status_code == 200
    return module_town


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE invoice SET total_cents = 1",
        "UPDATE invoice SET number = 'X', series_number = 77",
        "UPDATE invoice SET status = 'draft'",
        "UPDATE invoice SET addressee = '{}'",
        "DELETE FROM invoice",
        "UPDATE invoice_line SET amount_cents = 1",
        "DELETE FROM invoice_line",
        "INSERT INTO invoice_line SELECT (jsonb_populate_record(l, jsonb_build_object('line_id',"
        " gen_random_uuid(), 'position', 99))).* FROM invoice_line l",
    ],
)
async def test_an_issued_invoice_is_immutable(town_with_an_invoice, statement):
    with pytest.raises(DBAPIError, match=r"issued|written once"):
        async with town_with_an_invoice.service.database.transaction(demo.JOLIEVILLE) as session:
            await session.execute(text(statement))
