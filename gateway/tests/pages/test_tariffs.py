"""Tariffs on their pages: typed in the terms of the grammar, seen before they count, told on their fields."""

import pytest

MEALS = "01900000-0000-7000-8000-0000000000c1"
NEW = "/agent/tarifs/nouveau"
BANDS = "0 ; 400 ; A ; 1,20\n{} ; ; B ; 2,60"
TARIFF = {
    "activity_id": MEALS,
    "effective_from": "2099-01-01",
    "quantity.kind": "units",
    "rows.0.when.residencies": "habite la commune",
    "rows.0.price.kind": "bands",
    "rows.0.price.bands": BANDS.format("400"),
    "rows.1.label": "hors commune",
    "rows.1.price.kind": "flat",
    "rows.1.price.amount": "5,60",
    "steps.0.kind": "percent",
    "steps.0.percent": "−10",
    "steps.0.when.rank.from": "2",
}


async def test_a_tariff_is_seen_before_it_counts(office):
    await office.open(NEW)
    gap = TARIFF | {"rows.0.price.bands": BANDS.format("500")}
    assert (await office.send(NEW, gap, action="preview")).status_code == 422
    assert "Ligne 1, tranche 2 : Trou entre 400 et 500" in office.text
    await office.send(NEW, TARIFF, action="preview")
    assert "QF 612, 2e enfant : 2,34 €" in office.text and "QF 612, hors commune : 5,60 €" in office.text
    assert "1 × 2,34 € = 2,34 €" in office.text and "−10 % → 2,34 €" in office.text
    await office.send(NEW, TARIFF | {"rows.1.price.amount": "cher"}, action="state")
    assert 'id="e-rows-1-price-amount"' in office.page.text and "Ligne 2, prix : " in office.text
    await office.send(NEW, TARIFF, action="state")
    assert "Rien n’est encore enregistré" in office.text and "QF 300" in office.text
    assert "B (400 et plus) 2,60 €" in office.text, "what changes is told in words"
    back = await office.send(NEW, TARIFF, action="edit")
    assert "400 ; ; B ; 2,60" in back.text and 'value="5,60"' in back.text
    await office.send(NEW, TARIFF, confirmed="yes")
    assert "Le tarif est enregistré" in office.text
    assert "À venir" in office.text and "2 tranches du quotient, de 1,20 € à 2,60 €" in office.text
    page = f"/agent/tarifs/{MEALS}/2099-01-01"
    await office.open(page)
    assert "400 ;  ; B ; 2,60" in office.page.text, "laid out a band a line"
    seen = office.find(r'name="version" value="([0-9]+)"')
    changed = TARIFF | {"version": seen, "rows.1.price.amount": "6"}
    await office.send(page, changed, action="state")
    assert "hors commune : 5,60 €" in office.text and "hors commune : 6,00 €" in office.text
    assert "1,20 € 1,20 €" in " ".join(office.text.split()), "what the families pay, before and after"


async def test_the_prices_come_alone_where_htmx_asks_for_them(office):
    await office.open(NEW)
    await office.send_in_place(NEW, TARIFF, action="preview")
    assert office.page.text.lstrip().startswith('<div id="apercu"') and "2,34 €" in office.text
    await office.send_in_place(NEW, {"rows.0.label": "x"}, action="preview")
    assert office.page.text.lstrip().startswith('<div id="apercu"') and "prix" in office.text


async def test_rows_come_and_go_and_change_places(office):
    await office.open(NEW)
    more = await office.send(NEW, TARIFF, add="rows")
    assert more.status_code == 200 and 'name="rows.2.price.amount"' in more.text
    assert 'value="hors commune"' in more.text
    assert 'id="f-rows-2-label" name="rows.2.label" value="" ' in more.text
    moved = await office.send(NEW, TARIFF, up="rows.1")
    assert 'name="rows.0.label" value="hors commune"' in moved.text
    assert 'name="rows.1.when.residencies" value="habite la commune"' in moved.text
    gone = await office.send(NEW, TARIFF, remove="steps.0")
    assert 'name="steps.0.kind"' not in gone.text and 'name="rows.1.label"' in gone.text


FAULTS = {
    "no row for all": ({"rows.1.when.categories": "PAI"}, "rows-1", "Ligne 2 : Il manque une ligne"),
    "an empty span": ({"steps.0.when.rank.to": "1"}, "steps-0-when-rank-to", "Ajustement 1, rang, à : "),
    "no closing time": (
        {"quantity.kind": "slices", "quantity.slices.of": "overrun"},
        "quantity-slices-closing",
        "l’heure de fermeture",
    ),
    "a floor above": (
        {"rows.1.price.kind": "effort_rate", "rows.1.price.rate": "0,3", "rows.1.price.floor": "5"}
        | {"rows.1.price.ceiling": "4"},
        "rows-1-price-ceiling",
        "Le plafond est inférieur au plancher",
    ),
    "no such band": (
        {"quotient.missing.kind": "band", "quotient.missing.label": "Z"},
        "rows-0-price-missing-kind",
        "Aucune tranche de cette ligne",
    ),
    "free for all": ({"free.0.label": "tous"}, "free-0-when", "Indiquez pour qui rien n’est dû"),
    "a part of the last": (
        {"components.0.code": "a", "components.0.label": "A", "components.0.percent": "50"},
        "components-0-percent",
        "La dernière part prend le reste",
    ),
    "too far": ({"steps.0.kind": "shift", "steps.0.bands": "21"}, "steps-0-bands", "20"),
    "a code too long": ({"rows.0.when.categories": "x" * 41}, "rows-0-when-categories", "40"),
    "too old a child": ({"samples.0.rank": "101"}, "samples-0-rank", "100"),
}
"""What billing finds wrong: the fields typed, the field that tells it, and its words."""


@pytest.mark.parametrize("fault", FAULTS)
async def test_what_billing_finds_wrong_stands_by_its_field(office, fault):
    typed, field, words = FAULTS[fault]
    await office.open(NEW)
    page = await office.send(NEW, TARIFF | {"effective_from": "2099-02-01"} | typed, action="state")
    assert page.status_code == 422
    assert f'id="e-{field}"' in page.text and f'href="#f-{field}"' in page.text
    assert page.text.count(f'id="f-{field}"') == 1
    assert words in office.text


async def test_families_of_the_agents_choice_are_priced(office):
    typed = {
        "quantity.kind": "slices",
        "quantity.slices.minutes": "15",
        "samples.0.quotient": "859,99",
        "samples.0.arrived": "16:30",
        "samples.0.left": "17:20",
        "supplements.0.label": "sans réservation",
        "supplements.0.kind": "percent",
        "supplements.0.percent": "50",
        "supplements.0.when.booked": "unbooked",
        "samples.0.booked": "unbooked",
    }
    await office.open(NEW)
    await office.send(NEW, TARIFF | typed, action="preview")
    text = " ".join(office.text.split())
    assert "QF 859,99, sans réservation, arrivée à 16 h 30, départ à 17 h 20 : 11,70 €" in text
    assert "4 × 2,60 € = 10,40 €" in text and "+ sans réservation (50 %) 1 × 1,30 € = 1,30 €" in text
    assert "Sans quotient :" not in text, "the families of the agent's choice alone"


async def test_prices_of_the_past_say_what_becomes_of_what_is_billed(office):
    await office.open(NEW)
    await office.send(NEW, TARIFF | {"effective_from": "2026-01-01"}, action="state")
    assert "Ce qui est déjà facturé ne change pas : un complément montre l’écart." in office.text
    await office.send(NEW, TARIFF | {"effective_from": "2099-01-02"}, action="state")
    assert "déjà facturé" not in office.text


async def test_a_wrong_band_alone_is_told(office):
    await office.open(NEW)
    page = await office.send(
        NEW, TARIFF | {"rows.0.price.bands": "0 ; 400 ; A ; -1\n400 ; ; B ; 2"}, action="state"
    )
    assert page.status_code == 422 and "Une erreur est à corriger" in office.text, office.text


async def test_a_tariff_is_duplicated_for_another_day(office):
    await office.open(f"{NEW}?activity_id={MEALS}&effective_from=2025-09-01")
    assert "0 ; 400 ; A ; 1,20" in office.page.text
    assert f'<option value="{MEALS}" selected>' in office.page.text
    assert '<datalist id="residences"><option value="habite la commune">' in office.page.text
    assert (await office.open(f"{NEW}?activity_id={MEALS}&effective_from=1999-01-01")).status_code == 404
    assert (await office.open(f"{NEW}?activity_id=x&effective_from=demain")).status_code < 500


LISTS = "/agent/commune/listes"
BOTH = {
    "residency_classes.0.code": "resident",
    "residency_classes.0.label": "Habite la commune",
    "residency_classes.0.is_resident": "yes",
    "residency_classes.1.code": "non_resident",
    "residency_classes.1.label": "Hors commune",
}
OWN = {"residency_classes.2.label": "Pays d’en haut", "child_categories.0.label": "PAI, panier fourni"}


@pytest.fixture
async def own_lists(office):
    """The commune has a residency and a category of its own, until the test ends."""

    async def listed(rows: dict[str, str]) -> None:
        await office.open(LISTS)
        version = office.find(r'name="version" value="([0-9]+)"')
        await office.send(LISTS, rows | {"version": version}, confirmed="yes")

    await listed(BOTH | OWN)
    yield
    await listed(BOTH)


@pytest.mark.usefixtures("own_lists")
async def test_the_commune_s_own_names_stand_where_billing_has_codes(office):
    typed = TARIFF | {
        "effective_from": "2099-03-01",
        "rows.0.when.residencies": "pays d’en haut",
        "rows.0.when.categories": '"PAI, panier fourni"',
        "samples.0.quotient": "612",
        "samples.0.residency": "Pays d’en haut",
        "samples.0.category": '"PAI, panier fourni"',
    }
    await office.open(NEW)
    assert '<option value="Pays d’en haut">' in office.page.text
    await office.send(NEW, typed, action="preview")
    assert "QF 612, Pays d’en haut, PAI, panier fourni : 2,60 €" in office.text, "the first row holds for it"
    await office.send(NEW, typed, action="state")
    assert "Pays d’en haut, PAI, panier fourni : A (0 à 400)" in office.text
    await office.send(NEW, typed, confirmed="yes")
    assert "Pays d’en haut, PAI, panier fourni : 2 tranches" in office.text
    assert "pays_d_en_haut" not in office.page.text
    page = f"/agent/tarifs/{MEALS}/2099-03-01"
    await office.open(page)
    assert 'name="rows.0.when.residencies" value="Pays d’en haut"' in office.page.text
    version = office.find(r'name="version" value="([0-9]+)"')
    saved = await office.send(page, typed | {"version": version}, action="state")
    assert "Le tarif est enregistré" in saved.text, "nothing is otherwise: nothing is asked"
