"""A tariff tried on months that were: those in force ask for what a run bills, and nothing stays behind."""

import random
from collections import Counter
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from preau.billing import demo

from .drawn_month import CARD, TARIFFS, arrived_families, flat, open_activities

SEPTEMBER = date(2025, 9, 1)


async def simulated(town: Any, activity_id: UUID, **asked: Any) -> dict[str, Any]:
    answer = await ask(town, activity_id, **asked)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def ask(town: Any, activity_id: UUID, **asked: Any) -> Any:
    body = {"activity_id": str(activity_id), "first_month": "2026-03", "last_month": "2026-03"}
    return await town.service.client.post("/agent/tariffs/simulations", json=body | asked, headers=town.agent)


async def billed_of(town: Any) -> Counter[UUID]:
    """What the invoices of the month ask for, by activity."""
    query = text("SELECT activity_id, sum(amount_cents) FROM invoice_line GROUP BY 1")
    async with town.service.database.transaction(demo.JOLIEVILLE) as session:
        return Counter({activity_id: int(cents) for activity_id, cents in await session.execute(query)})


async def rows_of(town: Any) -> list[object]:
    """All that the application reads of the commune, and what waits to be published."""
    async with town.service.database.transaction(demo.JOLIEVILLE) as session:
        tables = await session.scalars(
            text(
                "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
                " AND has_table_privilege(oid, 'SELECT') ORDER BY 1"
            )
        )
        rows: list[object] = [
            (await session.execute(text(f"SELECT {name}::text FROM {name} ORDER BY 1"))).all()  # noqa: S608
            for name in tables.all()
        ]
    return [*rows, await town.service.emitted()]


def adds_up(made: dict[str, Any]) -> None:
    """Whether the parts of a simulation say the same in all."""
    difference = made["draft_cents"] - made["now_cents"]
    for whose in ("families", "children"):
        moved = made[whose]
        assert moved["more_cents"] - moved["less_cents"] == difference
    for side in ("now", "draft"):
        own = [each[side] for each in made["segments"] if each[side]]
        assert sum(each["cents"] for each in own) == made[f"{side}_cents"]
    families = made["all_families"]
    assert sum(each["draft_cents"] - each["now_cents"] for each in families) == difference
    whole = made["families"]
    assert sum(each["families"] for each in made["distribution"]) == len(families)
    assert len(families) == whole["more"] + whole["less"] + whole["same"]


@pytest.mark.parametrize("seed", range(3))
async def test_the_tariffs_in_force_ask_for_what_a_run_bills(town, seed: int):
    dice = random.Random(seed)  # noqa: S311
    await open_activities(town)
    await arrived_families(town, dice, 6)
    await town.run()
    billed, before = await billed_of(town), await rows_of(town)
    for activity_id in TARIFFS:
        made = await simulated(town, activity_id, effective_from=SEPTEMBER.isoformat(), families="all")
        assert made["now_cents"] == made["draft_cents"] == billed[activity_id], activity_id
        assert made["families"]["more"] == made["families"]["less"] == 0
        adds_up(made)
        # Any other tariff: each side is what its own rules say, whatever the other asks for.
        other = TARIFFS[dice.choice([each for each in TARIFFS if each != activity_id])]
        against = await simulated(town, activity_id, definition=other, families="all")
        assert against["now_cents"] == billed[activity_id]
        adds_up(against)
    assert await rows_of(town) == before, "nothing that others see is written"


ONCE_ASKED = ("act", "child_day", "family_day", "child_month", "family_month")


def with_a_supplement(stated: dict[str, Any], once: str) -> dict[str, Any]:
    """A tariff with a supplement whose amount depends on who bears it."""
    supplement = {"label": "frais", "percent": "50", "once": once, "when": {"rank": {"from": 1}}}
    return {**stated, "supplements": [*stated.get("supplements", []), supplement]}


@pytest.mark.parametrize("seed", range(3))
async def test_a_draft_asks_for_what_a_run_would_bill_with_it(town, seed: int):
    """The draft's side is checked against a run once the draft is the tariff in force."""
    dice = random.Random(seed)  # noqa: S311
    await open_activities(town)
    await arrived_families(town, dice, 6)
    others = dict(zip(TARIFFS, [*list(TARIFFS)[1:], next(iter(TARIFFS))], strict=True))
    drafts = {
        activity_id: with_a_supplement(TARIFFS[other], dice.choice(ONCE_ASKED))
        for activity_id, other in others.items()
    }
    tried = {key: await simulated(town, key, definition=draft) for key, draft in drafts.items()}
    for activity_id, draft in drafts.items():
        body = {"activity_id": str(activity_id), "effective_from": "2026-03-01", "definition": draft}
        stated = await town.service.client.post("/agent/tariffs", json=body, headers=town.agent)
        assert stated.status_code == 201, stated.text
    await town.run()
    billed = await billed_of(town)
    assert {key: made["draft_cents"] for key, made in tried.items()} == {key: billed[key] for key in tried}


async def test_who_pays_more_and_who_pays_less(town):
    """Two months: three meals in February, two in March; the draft is dearer above 700 and cheaper below."""
    martin, durand = (
        await town.household("Martin", children=1, quotient=612),
        await town.household("Durand", children=1, quotient=900),
    )
    nobody = await town.household("Petit", children=1, quotient=None)
    for month, days in ((2, (2, 3, 5)), (3, (2, 3))):
        for family in (martin, durand):
            await town.order(family, *(town.booking(family, date(2026, month, day)) for day in days))
    await town.order(nobody, town.booking(nobody, date(2026, 3, 3)))
    bands = [
        {"from": 0, "to": 700, "label": "A", "amount_cents": 200},
        {"from": 700, "label": "B", "amount_cents": 500},
    ]
    draft = {"rows": [{"label": "commune", "price": {"kind": "bands", "bands": bands}}]}
    made = await simulated(town, town.REPAS, definition=draft, first_month="2026-02", families="all")
    adds_up(made)
    assert (made["charges"], made["unpriced"], made["unknown_families"]) == (11, 0, 0)
    assert made["families"] | {"less_cents": None, "more_cents": None} == {
        "more": 2,
        "less": 1,
        "same": 0,
        "less_cents": None,
        "more_cents": None,
    }
    [falling] = made["falling"]
    assert (falling["label"], falling["now_cents"], falling["draft_cents"]) == (
        martin.event().label,
        5 * 260,
        5 * 200,
    )
    assert made["rising"][0]["label"] == durand.event().label
    told = {(each["row_label"], each["band"], each["quotient_is_missing"]): each for each in made["segments"]}
    assert told["commune", "B", True]["draft"] == {"charges": 1, "children": 1, "cents": 500}
    assert told["commune", "A", False]["draft"] == {"charges": 5, "children": 1, "cents": 1000}
    assert told["commune", "A", False]["now"] is None


@pytest.mark.parametrize("kind", ["card", "month"])
async def test_a_month_is_due_with_the_first_booking_that_stands(town, kind: str):
    """She books the 2nd and the 3rd, and cancels the 2nd: the month is due all the same."""
    martin = await town.household("Martin", children=1)
    bookings = [town.booking(martin, date(2026, 3, day)) for day in (2, 3)]
    await town.order(martin, *bookings)
    await town.change(bookings[0], "cancelled")
    month = flat(2500, quantity={"kind": kind})
    assert (await simulated(town, town.REPAS, definition=month))["draft_cents"] == 2500
    body = {"activity_id": str(town.REPAS), "effective_from": "2026-03-01", "definition": month}
    await town.service.client.post("/agent/tariffs", json=body, headers=town.agent)
    await town.run()
    assert (await billed_of(town))[town.REPAS] == 2500


async def test_whom_a_run_would_not_bill_is_left_out(town):
    """Families whose record has not come or names no addressee, and a day before the first tariff."""
    martin = await town.household("Martin", children=1)
    await town.order(martin, town.booking(martin, date(2025, 8, 29)))
    stranger = await town.household("Durand", children=1)
    unknown = town.booking(stranger, date(2025, 8, 29)).model_copy(update={"family_id": UUID(int=7)})
    await town.order_of(unknown.family_id, [unknown])
    nobody = await town.household("Petit", children=1)
    await town.order(nobody, town.booking(nobody, date(2025, 8, 29)))
    async with town.service.database.transaction(demo.JOLIEVILLE) as session:
        unaddressed = text("UPDATE family_copy SET addressee = NULL WHERE family_id = :family_id")
        await session.execute(unaddressed, {"family_id": nobody.family_id})
    made = await simulated(
        town, town.REPAS, definition=flat(300), first_month="2025-08", last_month="2025-08", families="all"
    )
    adds_up(made)
    assert (made["charges"], made["unpriced"], made["unknown_families"]) == (1, 1, 2)
    assert (made["now_cents"], made["draft_cents"]) == (0, 300)


async def test_what_cannot_be_simulated_is_told_by_its_field(town):
    empty = await simulated(town, town.REPAS, definition=flat(100))
    assert (empty["charges"], empty["now_cents"], empty["segments"], empty["distribution"]) == (0, 0, [], [])

    async def refused(**asked: Any) -> dict[str, str]:
        answer = await ask(town, asked.pop("activity", town.REPAS), **asked)
        assert answer.status_code == 422, answer.text
        return answer.json()["errors"]

    assert "last_month" in str(await refused(definition=flat(1), first_month="2026-04"))
    assert "12 mois" in str(await refused(definition=flat(1), first_month="2025-03"))
    assert "definition" in str(await refused())
    assert "effective_from" in str(await refused(effective_from="2001-01-01"))
    assert "activity_id" in str(await refused(definition=flat(1), activity=CARD))
    assert "definition.rows.0" in str(
        await refused(
            definition={
                "rows": [{"when": {"categories": ["x"]}, "price": {"kind": "flat", "amount_cents": 1}}]
            }
        )
    )
    assert "month" in str(await refused(definition=flat(1), first_month="mars"))
    assert "definition.rows" in str(await refused(definition={"rows": []}))
