"""A year in cents: what was really paid for the care of children under six, whatever came back of it."""

from datetime import UTC, date, datetime

import pytest

from preau.billing import demo
from preau.billing.certificates import service
from preau.billing.certificates.pdf import document, render
from preau.common.ids import new_id

YEAR = datetime.now(UTC).year
TERMS = {
    "rows": [{"price": {"kind": "flat", "amount_cents": 300}}],
    "components": [
        {"code": "repas", "label": "Repas", "food": True, "amount_cents": 200},
        {"code": "garde", "label": "Garde"},
    ],
}


@pytest.fixture
async def family(town):
    """Of two children, the second under six; a meal costs 3,00 €, of which 2,00 € are food."""
    body = {"activity_id": str(town.REPAS), "effective_from": "2025-09-01", "definition": TERMS}
    stated = await town.service.client.post(
        "/agent/tariffs", json=body, headers=town.agent | {"If-Match": '"1"'}
    )
    assert stated.status_code == 201, stated.text
    family = await town.household("Martin")
    told = family.event()
    old, young = told.children
    young = young.model_copy(update={"birth_date": date(YEAR - 6, 1, 2)})
    await town.service.deliver(told.model_copy(update={"children": (old, young)}))
    return family


async def certificate(town, family, year: int = YEAR):
    path = f"/families/{family.family_id}/tax-certificate?year={year}"
    answer = await town.service.client.get(f"/parent{path}", headers=town.parent(family))
    assert answer.status_code == 200, answer.text
    agents = await town.service.client.get(f"/agent{path}", headers=town.agent)
    assert agents.json() == answer.json()
    return answer.json()


async def counted(town, family, year: int = YEAR) -> tuple[int, int]:
    """What counts, of what was paid."""
    told = await certificate(town, family, year)
    assert told["left_out_cents"] == told["paid_cents"] - told["cents"]
    return told["cents"], told["paid_cents"]


async def month(town, family, *bookings, period: str = "2026-03") -> dict:
    await town.order(family, *bookings)
    await town.issue(await town.run(period))
    await town.service.forget_emitted()
    return next(each for each in await town.invoices(family) if each["period"] == period)


async def test_a_year_of_a_family(town, family):
    days = [town.booking(family, date(2026, 3, day), child=child) for day in (2, 3) for child in (0, 1)]
    invoice = await month(town, family, *days)
    assert await counted(town, family) == (0, 0), "billed is not paid"

    # Half of it on the last day of the year before: each line is half paid.
    first = town.settled(family, [(invoice["invoice_id"], 600)])
    await town.service.deliver(
        first.model_copy(update={"settled_at": datetime(YEAR - 1, 12, 31, 12, tzinfo=UTC)})
    )
    assert await counted(town, family, YEAR - 1) == (100, 600)
    assert await counted(town, family) == (0, 0)
    second = await town.pay(invoice["invoice_id"], 600, family)
    assert await counted(town, family) == (100, 600)
    told = await certificate(town, family)
    assert [(each["name"].split()[1], each["cents"]) for each in told["children"]] == [("Martin", 100)]
    assert [part["activity_label"] for part in told["children"][0]["parts"]] == ["Repas"]

    # A part of the payment goes back, and is paid anew.
    await town.refund(second.aggregate_id, 300)
    assert await counted(town, family) == (50, 300)
    again = await town.pay(invoice["invoice_id"], 300, family)
    assert await counted(town, family) == (100, 600)

    # A day of the young one is given back: credit, which is no longer paid for care.
    await town.change(days[1], "absent_justified")
    await town.issue(await town.run(kind="complement"))
    assert await counted(town, family) == (0, 300)
    # It pays a meal of the next month, set off by itself.
    await month(town, family, town.booking(family, date(2026, 4, 2), child=1), period="2026-04")
    assert await counted(town, family) == (100, 600)

    # Paid too much counts once it pays something; given back it never does.
    await town.pay(invoice["invoice_id"], 40, family)
    assert await counted(town, family) == (100, 600)
    await town.give_credit_back(40)
    assert await counted(town, family) == (100, 600)
    assert again.aggregate_id != second.aggregate_id


async def test_an_invoice_that_is_cancelled_after_a_part_was_paid_counts_nothing(town, family):
    invoice = await month(town, family, town.booking(family, date(2026, 3, 2), child=1))
    await town.pay(invoice["invoice_id"], 150, family)
    assert await counted(town, family) == (50, 150)
    url = f"/agent/invoices/{invoice['invoice_id']}/cancellation"
    answer = await town.service.client.post(url, json={"reason": "Erreur"}, headers=town.agent)
    assert answer.status_code == 201
    assert await counted(town, family) == (0, 0)


async def test_an_avoir_that_is_cancelled_makes_due_again_what_it_paid(town, family):
    days = [town.booking(family, date(2026, 3, day), child=1) for day in (2, 3)]
    invoice = await month(town, family, *days)
    await town.pay(invoice["invoice_id"], 600, family)
    await town.change(days[0], "absent_justified")
    await town.issue(await town.run(kind="complement"))
    await month(town, family, town.booking(family, date(2026, 4, 2), child=1), period="2026-04")
    assert await counted(town, family) == (200, 600), "one of two days in March, and one in April"
    avoir = next(each for each in await town.invoices(family) if each["total_cents"] < 0)
    url = f"/agent/invoices/{avoir['invoice_id']}/cancellation"
    answer = await town.service.client.post(url, json={"reason": "Erreur"}, headers=town.agent)
    assert answer.status_code == 201, answer.text
    assert await counted(town, family) == (200, 600), "both in March, and April is due again"


async def test_children_of_six_and_more_do_not_count(town, family):
    invoice = await month(town, family, town.booking(family, date(2026, 3, 2), child=0))
    await town.pay(invoice["invoice_id"], 300, family)
    assert await counted(town, family) == (0, 300)
    assert (await certificate(town, family))["children"] == []


async def test_it_is_printed_and_is_nobody_else_s(town, family):
    path = f"/families/{family.family_id}/tax-certificate"
    for headers, side in ((town.parent(family), "/parent"), (town.agent, "/agent")):
        answer = await town.service.client.get(f"{side}{path}/pdf?year={YEAR}", headers=headers)
        assert answer.status_code == 200 and answer.content.startswith(b"%PDF")
        for year in (YEAR + 1, 1999, 10**9, -1):
            answer = await town.service.client.get(f"{side}{path}?year={year}", headers=headers)
            assert answer.status_code == 404, year
        last = await town.service.client.get(f"{side}{path}", headers=headers)
        assert last.json()["year"] == YEAR - 1
    other = await town.household("Durand")
    answer = await town.service.client.get(f"/parent{path}?year={YEAR}", headers=town.parent(other))
    assert answer.status_code == 404
    beauval = town.service.agent(demo.BEAUVAL, "billing")
    assert (await town.service.client.get(f"/agent{path}?year={YEAR}", headers=beauval)).status_code == 404
    unknown = f"/agent/families/{new_id()}/tax-certificate"
    assert (await town.service.client.get(unknown, headers=town.agent)).status_code == 404


async def test_the_demonstration_s_canteen_counts_without_its_food(town):
    family, told = await paid_a_meal(town)
    assert (told["cents"], told["paid_cents"], told["whole"]) == (104, 260, [])
    assert await food_on_paper(town, family) == "Les repas ne sont pas comptés."


async def test_an_activity_whose_tariff_tells_no_food_apart_is_named_on_the_paper(town):
    body = {"activity_id": str(town.REPAS), "effective_from": "2025-09-01"}
    stated = await town.service.client.post(
        "/agent/tariffs",
        json=body | {"definition": {"rows": TERMS["rows"]}},
        headers=town.agent | {"If-Match": '"1"'},
    )
    assert stated.status_code == 201, stated.text
    family, told = await paid_a_meal(town)
    assert (told["cents"], told["whole"]) == (300, ["Repas"])
    assert "sauf pour\u202f: Repas." in await food_on_paper(town, family)


async def food_on_paper(town, family) -> str:
    async with town.service.database.transaction(demo.JOLIEVILLE) as session:
        stated = await service.stated(session, demo.JOLIEVILLE, family.family_id, YEAR)
    assert (await render(stated)).startswith(b"%PDF")
    return str(document(stated)["food"])


async def paid_a_meal(town):
    """A family that paid a meal of a child who counts, with its certificate."""
    family = await town.household("Martin", children=1)
    told = family.event()
    young = told.children[0].model_copy(update={"birth_date": date(YEAR, 1, 1)})
    await town.service.deliver(told.model_copy(update={"children": (young,)}))
    invoice = await month(town, family, town.booking(family, date(2026, 3, 2)))
    await town.pay(invoice["invoice_id"], invoice["total_cents"], family)
    return family, await certificate(town, family)
