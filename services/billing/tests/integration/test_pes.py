"""What the public accountant is sent is as the flow's description says, to the cent, or is not sent."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from lxml import etree

from preau.billing import demo
from preau.common.ids import new_id
from preau.contracts.identity import Address

SCHEMA = etree.XMLSchema(etree.parse(str(Path(__file__).parents[1] / "schemas" / "pes_v2_recette.xsd")))
CODES = {
    "siret": "21380185500015",
    "accounting_post": "038012",
    "collectivity_code": "123",
    "budget_code": "00",
    "product_code": "0001",
    "revenue_account": "7067",
}
NOW = f"{datetime.now(UTC):%Y-%m}"


async def state_codes(town, **changes) -> None:
    answer = await town.service.client.patch(
        f"/agent/regies/{demo.MEALS}", json=CODES | changes, headers=town.agent
    )
    assert answer.status_code == 200, answer.text


async def fetched(town, kind: str, **query):
    asked = {"kind": kind, "period": NOW, "number": "12"} | query
    return await town.service.client.get(f"/agent/regies/{demo.MEALS}/pes", params=asked, headers=town.agent)


async def bordereau(town, kind: str):
    answer = await fetched(town, kind)
    assert answer.status_code == 200, answer.text
    document = etree.fromstring(answer.content)
    SCHEMA.assertValid(document)
    pieces = sum(float(each.get("V")) for each in document.iter("MtHT"))
    assert float(document.find(".//MtBordHt").get("V")) == pytest.approx(pieces)
    assert int(document.find(".//NbrPce").get("V")) == len(document.findall(".//Piece"))
    return document


def values(document, name: str) -> list[str]:
    return [each.get("V") for each in document.iter(name)]


@pytest.fixture
async def billed(town):
    """Two families billed one meal and two; the second pays, the first one's invoice is cancelled."""
    await state_codes(town)
    for label, days in (("L’Œuvre & <Fils> " + "long" * 20, 1), ("Martin", 2)):
        family = await town.household(label, children=1)
        await town.order(family, *(town.booking(family, date(2026, 3, 2 + day)) for day in range(days)))
    await town.issue(await town.run())
    listed = await town.service.client.get("/agent/invoices?sort=total", headers=town.agent)
    first, second = listed.json()["items"]
    url = f"/agent/invoices/{first['invoice_id']}/cancellation"
    assert (
        await town.service.client.post(url, json={"reason": "Erreur"}, headers=town.agent)
    ).status_code == 201
    await town.pay(second["invoice_id"], 520, family)
    return first, second


async def test_a_month_s_titres(town, billed):
    document = await bordereau(town, "titles")
    assert sorted(values(document, "MtHT")) == ["2.60", "5.20"]
    assert set(values(document, "NumeroFacture")) == {each["number"] for each in billed}
    assert values(document, "IdBord") == ["0000012"] and values(document, "Nature") == ["7067", "7067"]
    assert {tuple(values(each, "Civilite")) for each in document.iter("Tiers")} == {("Mme",)}


async def test_a_credit_note_takes_from_its_titre(town, billed):
    document = await bordereau(town, "reductions")
    assert values(document, "MtHT") == ["2.60"] and values(document, "TypBord") == ["02"]
    assert values(document, "IdPceOrig") == [str(int(billed[0]["number"][-6:]))]


async def test_a_month_that_was_carried_over_takes_from_the_titre_that_billed_it(town):
    await state_codes(town, carry_under_cents=500)
    martin = await town.household("Martin", children=1)
    meals = [town.booking(martin, day) for day in (date(2026, 3, 2), date(2026, 4, 2))]
    await town.order(martin, *meals)
    for period, kind in (("2026-03", "month_end"), ("2026-04", "month_end"), ("2026-03", "complement")):
        await town.service.forget_emitted()
        run_id = await town.run(period, kind)
        await town.service.forget_emitted()
        await town.issue(run_id)
        if period == "2026-04":
            await town.change(meals[0], "absent_justified")
    april, avoir = sorted(await town.invoices(martin), key=lambda each: -each["total_cents"])
    assert (april["total_cents"], avoir["total_cents"]) == (520, -260)
    document = await bordereau(town, "reductions")
    assert values(document, "IdPceOrig") == [str(int(april["number"][-6:]))]


async def by_hand(town, family, cents: int, day: date = date(2026, 5, 4)) -> dict:
    """A document by hand of a month that was never billed."""
    line = {"label": "Geste", "day": day.isoformat(), "quantity": 1, "unit_cents": cents}
    answer = await town.service.client.post(
        f"/agent/families/{family.family_id}/manual-invoices",
        json={"regie_id": str(demo.MEALS), "reason": "Panne de la cuisine", "lines": [line]},
        headers=town.agent | {"Idempotency-Key": str(new_id())},
    )
    assert answer.status_code == 201, answer.text
    return answer.json()


async def test_an_avoir_by_hand_without_a_titre_is_named_and_left_out(town, billed):
    durand = await town.household("Durand", children=1)
    avoir = await by_hand(town, durand, -150)
    answer = await fetched(town, "reductions")
    assert answer.status_code == 409 and answer.json()["type"].endswith("origin-missing")
    assert answer.json()["numbers"] == [avoir["number"]] and avoir["number"] in answer.json()["detail"]
    sent = await fetched(town, "reductions", leave_out="true")
    assert sent.status_code == 200 and sent.headers["Left-Out"] == avoir["number"]
    assert values(etree.fromstring(sent.content), "MtHT") == ["2.60"], "the other one is there"

    # What cancels it goes with it: the accountant never saw the avoir.
    url = f"/agent/invoices/{avoir['invoice_id']}/cancellation"
    undone = await town.service.client.post(url, json={"reason": "Erreur"}, headers=town.agent)
    number = undone.json()["credit_note"]["number"]
    assert (await fetched(town, "titles")).json()["numbers"] == [number]
    sent = await fetched(town, "titles", leave_out="true")
    assert number not in values(etree.fromstring(sent.content), "NumeroFacture")


async def test_a_titre_that_cancels_an_avoir_says_so(town):
    await state_codes(town)
    martin = await town.household("Martin", children=1)
    meal = town.booking(martin, date(2026, 3, 2))
    await town.order(martin, meal)
    await town.issue(await town.run())
    await town.service.forget_emitted()
    await town.change(meal, "absent_justified")
    await town.issue(await town.run(kind="complement"))
    avoir = next(each for each in await town.invoices(martin) if each["total_cents"] < 0)
    url = f"/agent/invoices/{avoir['invoice_id']}/cancellation"
    undone = await town.service.client.post(url, json={"reason": "Erreur"}, headers=town.agent)
    assert undone.status_code == 201, undone.text
    document = await bordereau(town, "titles")
    assert [each.startswith(f"Avoir annulé {avoir['number']}") for each in values(document, "ObjPce")] == [
        False,
        True,
    ]
    assert list(document.iter("RattachPiece")) == []


async def test_what_the_regie_cashed(town, billed):
    document = await bordereau(town, "cash")
    assert values(document, "MtHT") == ["5.20"] and values(document, "NatPce") == ["05"]
    assert list(document.iter("Tiers")) == []


async def test_nothing_is_sent_by_halves(town):
    family = await town.household("Martin", children=1)
    await town.service.deliver(family.event(address=Address(street="", postal_code="", city="")))
    await town.order(family, town.booking(family, date(2026, 3, 2)))
    await town.issue(await town.run())
    for problem, codes in (
        ("accounting-codes-missing", {"revenue_account": ""}),
        ("address-missing", {}),
    ):
        await state_codes(town, **codes)
        answer = await fetched(town, "titles")
        assert answer.status_code == 409 and answer.json()["type"].endswith(problem), answer.text
    answer = await fetched(town, "titles", period="2020-01")
    assert answer.status_code == 409 and answer.json()["type"].endswith("nothing-to-send")


@pytest.mark.parametrize(
    "query",
    [{"period": "2026-13"}, {"period": "9999-12"}, {"number": "0"}, {"number": "10000000"}, {"kind": "x"}],
)
async def test_a_wrong_question_is_refused(module_town, query):
    assert (await fetched(module_town, **({"kind": "titles"} | query))).status_code == 422


async def test_another_commune_s_regie_does_not_exist(module_town):
    other = module_town.service.agent(demo.BEAUVAL, "billing")
    for regie_id in (demo.MEALS, new_id()):
        answer = await module_town.service.client.get(
            f"/agent/regies/{regie_id}/pes?period=2026-03&kind=titles&number=1", headers=other
        )
        assert answer.status_code == 404


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("accounting_post", "38"),
        ("collectivity_code", "12"),
        ("budget_code", "0"),
        ("product_code", "12345"),
        ("revenue_account", "x"),
    ],
)
async def test_a_wrong_code_is_refused_by_its_field(module_town, field, value):
    url = f"/agent/regies/{demo.MEALS}"
    answer = await module_town.service.client.patch(url, json={field: value}, headers=module_town.agent)
    assert answer.status_code == 422 and answer.json()["errors"][0]["field"] == field
