"""A tariff tried from its form: the page, its sheet, and the way back with all that was typed."""

import re

import pytest

from preau.gateway.api.models.billing import AskedOut, ClassOut, SegmentOut
from preau.gateway.pages.agents.tariffs.simulation import bars, part_of
from preau.testing.waiting import eventually
from preau.wording.dates import month

from .test_tariffs import MEALS, NEW, TARIFF
from .test_what_an_order_did import CANTEEN, parent, put_a_day, validate

__all__ = ["parent"]

DRAFT = TARIFF | {
    "rows.0.label": "=1+1",
    "rows.0.when.residencies": "",
    "rows.0.price.kind": "flat",
    "rows.0.price.amount": "9,99",
    "rows.0.price.bands": "",
}
DRAFT = {name: text for name, text in DRAFT.items() if not name.startswith(("rows.1", "steps"))}


async def test_a_month_without_anything_says_so(office):
    await office.open(NEW)
    page = await office.send(NEW, TARIFF, action="simulate", first_month="2021-03", last_month="2021-03")
    assert page.status_code == 200 and "Aucune prestation en mars 2021" in office.text
    await office.send(NEW, TARIFF, action="simulate", first_month="2021-03", last_month="2021-05")
    assert "Aucune prestation de mars 2021 à mai 2021" in office.text
    assert "Toutes les familles" not in office.text
    back = await office.send(NEW, TARIFF, action="edit")
    assert "400 ; ; B ; 2,60" in back.text and 'value="5,60"' in back.text


async def test_what_is_wrong_is_told_where_it_was_typed(office):
    await office.open(NEW)
    months = {"first_month": "2021-03", "last_month": "2021-01"}
    page = await office.send(NEW, TARIFF | months, action="simulate")
    assert page.status_code == 422 and 'id="e-last_month"' in page.text
    assert 'name="rows.1.price.amount" value="5,60"' in page.text, "the tariff waits in the page"
    page = await office.send(NEW, TARIFF | months | {"first_month": "mars"}, action="simulate")
    assert page.status_code == 422 and 'id="e-first_month"' in page.text
    page = await office.send(NEW, TARIFF | {"rows.1.when.categories": "PAI"}, action="simulate")
    assert page.status_code == 422 and 'id="e-rows-1"' in page.text and "Nouveau tarif" in office.text
    page = await office.send(NEW, TARIFF | {"activity_id": ""}, action="simulate")
    assert page.status_code == 422 and 'id="e-activity_id"' in page.text


async def test_the_page_tells_who_pays_more(parent):
    day = (await put_a_day(parent, CANTEEN, MEALS)).split("|")[1]
    await validate(parent)
    office = await parent.sign_in("admin@jolieville.example")
    named = {"first_month": day[:7], "last_month": ""}

    async def has_come() -> bool:
        await office.send(NEW, DRAFT | named, action="simulate")
        return "Recette en" in office.text and "=1+1" in office.text  # others have booked too

    await eventually(has_come, "the booking is known to billing")
    assert f"Recette en {month(day)}" in office.text
    assert "seul ce qui est déjà réservé est compté" in office.text
    assert '<svg class="bars" role="img"' in office.page.text and "style=" not in office.page.text
    assert "=1+1" in office.text
    asked = [int(f"{euros}{cents}") for euros, cents in re.findall(r"(\d+),(\d\d) €", office.text)]
    assert any(cents and cents % 999 == 0 for cents in asked), "so much a meal, however many are booked"
    assert "Les plus fortes hausses" in office.text and "Aucune famille ne paierait moins." in office.text
    stored = f"/agent/tarifs/{MEALS}/2025-09-01"
    await office.open(stored)
    version = office.find(r'name="version" value="([0-9]+)"')
    typed = {**DRAFT, "version": version, "rows.0.price.amount": "0"}
    await office.send(stored, typed | named, action="simulate")
    assert "Aucune famille ne paierait plus." in office.text
    assert f'name="version" value="{version}"' in office.page.text
    sheet = await office.send(stored, typed | named, action="simulate-csv")
    assert sheet.headers["content-type"] == "text/csv; charset=utf-8"
    titles, *lines = sheet.content.decode().removesuffix("\r\n").split("\r\n")
    assert titles == "\ufeffFamille;Tarif actuel;Tarif simulé;Différence"
    assert lines and all(line.endswith(line.split(";")[1].join([";0,00;-", ""])) for line in lines)


def test_a_segment_is_told_in_words():
    side = AskedOut(charges=2, children=1, cents=520)
    segment = SegmentOut(row=0, row_label="", band="B", quotient_is_missing=True, now=None, draft=side)
    assert part_of(segment).words == "Ligne 1, tranche B, sans quotient"
    assert part_of(segment).difference == "+5,20\xa0€"
    rate = SegmentOut(
        row=1, row_label="commune", band="plafond", quotient_is_missing=False, now=side, draft=None
    )
    assert part_of(rate).words == "commune, plafond" and part_of(rate).difference == "−5,20\xa0€"


@pytest.mark.parametrize(
    ("least", "most", "words"),
    [
        (None, -251, "plus de 2,50 € de moins"),
        (-250, -201, "de 2,01 € à 2,50 € de moins"),
        (0, 0, "inchangé"),
        (1, 50, "de 0,01 € à 0,50 € de plus"),
        (251, None, "plus de 2,50 € de plus"),
    ],
)
def test_a_class_is_told_in_words(least: int | None, most: int | None, words: str):
    [bar] = bars([ClassOut(least=least, most=most, families=3)])
    assert bar.words.replace("\xa0", " ") == words and bar.width == 80
