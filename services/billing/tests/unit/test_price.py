"""Prices, in cents, as règlements of communes state them."""

import re
from datetime import date, time
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preau.billing.tariffs.definition import DEFINITION, TariffDefinition, stored
from preau.billing.tariffs.domain import Price, Tariff, components_of, price, tariff_on
from preau.billing.tariffs.facts import ChargeFacts, PriceFacts
from preau.billing.tariffs.occasions import Occasion, among
from preau.billing.tariffs.supplements import asked_once

LUNCH, CARE = UUID(int=8), UUID(int=9)
RESIDENT = {"residencies": ["resident"]}
BANDS = {
    "kind": "bands",
    "bands": [
        {"from": 0, "to": 400, "label": "A", "amount_cents": 120},
        {"from": 400, "to": 700, "label": "B", "amount_cents": 260},
        {"from": 700, "to": 1000, "label": "C", "amount_cents": 345},
        {"from": 1000, "label": "D", "amount_cents": 480},
    ],
}
MEALS: dict[str, Any] = {
    "rows": [
        {"when": RESIDENT, "price": BANDS},
        {"label": "hors commune", "price": {"kind": "flat", "amount_cents": 560}},
    ],
    "steps": [{"kind": "percent", "percent": -10, "when": RESIDENT | {"rank": {"from": 2}}}],
}


def definition(stated: dict[str, Any]) -> TariffDefinition:
    return DEFINITION.validate_python(stated)


def flat(cents: int, **more: Any) -> dict[str, Any]:
    return {"rows": [{"price": {"kind": "flat", "amount_cents": cents}}], **more}


def priced(stated: dict[str, Any], quotient: str | int | None = None, **facts: Any) -> Price:
    value = None if quotient is None else Decimal(quotient)
    return price(definition(stated), PriceFacts(quotient=value, **facts))


def read(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ")


@pytest.mark.parametrize(
    ("quotient", "cents"),
    [(0, 120), ("399.99", 120), (400, 260), (699, 260), (700, 345), (1000, 480), (9999, 480), (None, 480)],
)
def test_bands_are_half_open(quotient: str | int | None, cents: int):
    assert priced(MEALS, quotient).amount_cents == cents


def test_a_quotient_has_two_decimals():
    bands = [
        {"from": 0, "to": 860, "label": "A", "amount_cents": 100},
        {"from": 860, "label": "B", "amount_cents": 200},
    ]
    stated = {"rows": [{"price": {"kind": "bands", "bands": bands}}]}
    assert [priced(stated, quotient).unit_cents for quotient in ("859.99", "860")] == [100, 200]
    assert read(priced(stated, "859.9").explanation).startswith("QF 859,90")


def test_a_price_explains_itself():
    line = priced(MEALS, 612, rank=2)
    assert line.amount_cents == 234
    assert read(line.explanation) == "QF 612 → tranche B 2,60 € ; 2e enfant −10 % → 2,34 €"


def test_a_missing_quotient_is_told():
    line = priced(MEALS)
    assert line.quotient_is_missing
    assert line.explanation.startswith("QF inconnu → tranche D")


@pytest.mark.parametrize(
    ("missing", "cents"),
    [
        ({"kind": "highest"}, 480),
        ({"kind": "band", "label": "B"}, 260),
        ({"kind": "price", "amount_cents": 7}, 7),
    ],
)
def test_who_has_no_quotient_pays_as_the_tariff_says(missing: dict[str, Any], cents: int):
    assert priced(MEALS | {"quotient": {"missing": missing}}).amount_cents == cents
    rows = [{"price": BANDS | {"missing": missing}}]
    assert priced({"rows": rows}).amount_cents == cents


def test_the_unit_price_is_rounded_once_and_the_line_multiplies():
    line = priced(MEALS, 800, rank=2)
    assert (line.unit_cents, line.amount_cents) == (311, 311)  # 310,5
    assert read(line.explanation).endswith("→ 3,105 € ; arrondi à 3,11 €")
    assert priced(MEALS, 800, rank=2, units=3).amount_cents == 3 * 311


def test_an_effort_rate_times_its_units_is_what_is_printed():
    stated = {
        "rows": [{"price": {"kind": "effort_rate", "rate": "0.001", "floor_cents": 0, "ceiling_cents": 900}}]
    }
    line = priced(stated, 333, units=9)
    assert (line.quantity, line.unit_cents, line.amount_cents) == (9, 33, 297)


@pytest.mark.parametrize(("quotient", "cents"), [(612, 398), (100, 150), (2000, 900), (None, 900)])
def test_the_effort_rate_has_a_floor_and_a_ceiling(quotient: int | None, cents: int):
    rate = {"kind": "effort_rate", "rate": "0.0065", "floor_cents": 150, "ceiling_cents": 900}
    assert priced({"rows": [{"price": rate}]}, quotient).amount_cents == cents


def test_a_family_from_elsewhere_pays_its_own_price():
    line = priced(MEALS, 612, rank=2, residency="non_resident")
    assert (line.amount_cents, read(line.explanation)) == (560, "hors commune 5,60 €")
    assert not line.quotient_is_missing


@pytest.mark.parametrize(
    ("step", "cents"),
    [
        ({"kind": "add", "amount_cents": 100}, 360),
        ({"kind": "add", "amount_cents": -1000}, 0),
        ({"kind": "multiply", "factor": "1.5"}, 390),
        ({"kind": "percent", "percent": "-12.5"}, 228),
        ({"kind": "replace", "amount_cents": 700}, 700),
        ({"kind": "shift", "bands": 1}, 345),
        ({"kind": "shift", "bands": -9}, 120),
        ({"kind": "bounds", "floor_cents": 300}, 300),
        ({"kind": "bounds", "ceiling_cents": 250}, 250),
    ],
)
def test_steps_change_the_price_of_whom_they_are_for(step: dict[str, Any], cents: int):
    steps = [step | {"when": {"residencies": ["non_resident"]}}]
    stated = {"rows": [{"price": BANDS}], "steps": steps}
    assert priced(stated, 612, residency="non_resident").amount_cents == cents
    assert priced(stated, 612).amount_cents == 260


def test_steps_follow_each_other_as_they_are_stated():
    add, double = {"kind": "add", "amount_cents": 100}, {"kind": "multiply", "factor": 2}
    assert priced(flat(200, steps=[add, double])).amount_cents == 600
    assert priced(flat(200, steps=[double, add])).amount_cents == 500


@pytest.mark.parametrize(
    ("when", "holds", "fails"),
    [
        ({"categories": ["nursery", "pai"]}, {"category": "pai"}, {"category": "elementary"}),
        ({"rank": {"from": 2, "to": 3}}, {"rank": 3}, {"rank": 4}),
        ({"children": {"from": 3}}, {"children": 3}, {"children": 2}),
        ({"variants": ["half_day"]}, {"variant": "half_day"}, {"variant": "day"}),
        ({"regularity": "occasional"}, {"regularity": "occasional"}, {}),
        ({"booked": ["late", "unbooked"]}, {"booked": "late"}, {}),
        ({"present": False}, {"present": False}, {"present": None}),
        (
            {"also_booked": [str(LUNCH)]},
            {"also_booked": frozenset({LUNCH})},
            {"also_booked": frozenset({CARE})},
        ),
    ],
)
def test_the_first_row_that_holds_gives_the_price(
    when: dict[str, Any], holds: dict[str, Any], fails: dict[str, Any]
):
    rows = [{"when": when, "price": {"kind": "flat", "amount_cents": 1}}, *flat(2)["rows"]]
    assert priced({"rows": rows}, **holds).row == 0
    assert (priced({"rows": rows}, **fails).row, priced({"rows": rows}, **fails).amount_cents) == (1, 2)


def test_a_price_by_the_number_of_children():
    bands = [
        {"from": 1, "to": 2, "label": "1", "amount_cents": 300},
        {"from": 2, "label": "2 et plus", "amount_cents": 250},
    ]
    stated = {"rows": [{"price": {"kind": "bands", "of": "children", "bands": bands}}]}
    assert [priced(stated, children=count).unit_cents for count in (1, 2, 5)] == [300, 250, 250]
    assert read(priced(stated, children=2).explanation) == "2 enfants → tranche 2 et plus 2,50 €"


QUARTERS = flat(35, quantity={"kind": "slices", "minutes": 15})


@pytest.mark.parametrize(
    ("arrived", "left", "quantity"),
    [((16, 15), (17, 50), 7), ((16, 30), (16, 30), 0), ((16, 30), (16, 31), 1), ((16, 30), (17, 0), 2)],
)
def test_begun_quarters_of_a_stay_count(arrived: tuple[int, int], left: tuple[int, int], quantity: int):
    line = priced(QUARTERS, arrived=time(*arrived), left=time(*left))
    assert (line.quantity, line.amount_cents) == (quantity, quantity * 35)


def test_without_times_the_booked_units_count():
    assert priced(QUARTERS, units=4).amount_cents == 4 * 35


def test_a_month_is_due_once_it_is_begun():
    stated = flat(4000, quantity={"kind": "month"})
    assert (priced(stated, units=3).quantity, priced(stated, units=3).amount_cents) == (1, 4000)
    later = priced(stated, first_of_month=False)
    assert (later.quantity, later.amount_cents) == (0, 0)
    assert later.quantity_steps == ("compris dans le forfait du mois",)


def test_a_booking_is_one_whatever_attendance_counts():
    assert priced(flat(300, quantity={"kind": "booking"}), units=3, first_of_month=False).amount_cents == 300


def test_a_monthly_card_is_asked_with_the_first_booking():
    stated = flat(2500, quantity={"kind": "card"})
    assert priced(stated).amount_cents == 2500
    later = priced(stated, first_of_month=False)
    assert (later.quantity, later.amount_cents) == (0, 0)
    assert later.quantity_steps == ("compris dans la carte du mois",)


def test_what_else_is_booked_may_make_it_free():
    free = [{"label": "gratuit avec le repas", "when": {"also_booked": [str(LUNCH)]}}]
    line = priced(flat(150, free=free), also_booked=frozenset({LUNCH}))
    assert (line.amount_cents, line.quantity) == (0, 1)
    assert read(line.explanation) == "tarif unique 1,50 € ; gratuit avec le repas → 0,00 €"
    assert priced(flat(150, free=free)).amount_cents == 150


def test_a_share_of_an_absence_is_due():
    line = priced(flat(333), share_percent=50, reason="absence signalée tard")
    assert line.unit_cents == 167
    assert read(line.explanation) == (
        "tarif unique 3,33 € ; absence signalée tard 50 % dus → 1,665 € ; arrondi à 1,67 €"
    )


def test_supplements_are_lines_of_their_own():
    late = {"label": "réservation tardive", "when": {"booked": ["late"]}, "percent": "25"}
    overrun = {
        "label": "retard",
        "amount_cents": 500,
        "slices": {"kind": "slices", "minutes": 15, "of": "overrun", "closing": "18:30"},
    }
    stated = flat(400, supplements=[late, overrun])
    assert priced(stated).supplements == ()
    made = priced(stated, booked="late", left=time(18, 46))
    assert [(each.label, each.quantity, each.amount_cents) for each in made.supplements] == [
        (read("réservation tardive (25\u00a0%)").replace("25 %", "25\u00a0%"), 1, 100),
        ("retard", 2, 1000),
    ]
    assert (made.amount_cents, made.total_cents) == (400, 1500)
    assert priced(stated, left=time(18, 30)).supplements == ()


@pytest.mark.parametrize(
    ("once", "asked"),
    [("act", 4), ("child_day", 3), ("family_day", 2), ("child_month", 2), ("family_month", 1)],
)
def test_a_supplement_is_asked_as_often_as_it_says(once: str, asked: int):
    stated = definition(flat(0, supplements=[{"label": "hors délai", "amount_cents": 200, "once": once}]))
    eldest, second = UUID(int=1), UUID(int=2)
    days = [(eldest, 2), (eldest, 2), (second, 2), (second, 3)]
    charges = [ChargeFacts(child, CARE, date(2026, 3, day)) for child, day in days]
    made = asked_once((charge, price(stated, PriceFacts())) for charge in charges)
    assert sum(each.total_cents for each in made if each) == asked * 200


def test_what_else_is_booked_and_what_came_first():
    child = UUID(int=1)
    charges = [ChargeFacts(child, activity, date(2026, 3, 2)) for activity in (LUNCH, CARE, CARE)]
    lunch, care, again = among(charges, [Occasion(child, CARE, date(2026, 2, 27))])
    assert (lunch.also_booked, care.also_booked) == (frozenset({CARE}), frozenset({LUNCH}))
    assert (care.first_of_month, again.first_of_month) == (True, False)
    (later,) = among([ChargeFacts(child, CARE, date(2026, 3, 9))], [Occasion(child, CARE, date(2026, 3, 27))])
    assert not later.first_of_month


COMPONENTS = [
    {"code": "meal", "label": "Repas", "food": True, "percent": "60"},
    {"code": "fluid", "label": "Énergie", "amount_cents": 30},
    {"code": "care", "label": "Animation"},
]


@given(cents=st.integers(-5000, 5000))
def test_components_always_add_up(cents: int):
    parts = components_of(definition(flat(1, components=COMPONENTS)), cents)
    assert sum(parts.values()) == cents
    assert all(part * cents >= 0 for part in parts.values())


def test_the_tariff_that_began_last_counts():
    old, new = (Tariff(date(year, 9, 1), definition(MEALS)) for year in (2025, 2026))
    assert tariff_on([new, old], date(2026, 8, 31)) is old
    assert tariff_on([new, old], date(2026, 9, 1)) is new
    assert tariff_on([new, old], date(2025, 8, 31)) is None


STEPS = st.lists(
    st.one_of(
        st.builds(lambda percent: {"kind": "percent", "percent": str(percent)}, st.integers(-100, 200)),
        st.builds(lambda factor: {"kind": "multiply", "factor": str(factor)}, st.integers(1, 5)),
        st.builds(lambda cents: {"kind": "add", "amount_cents": cents}, st.integers(-900, 900)),
        st.builds(lambda bands: {"kind": "shift", "bands": bands}, st.integers(-3, 3)),
        st.builds(
            lambda cents: {"kind": "bounds", "floor_cents": 10, "ceiling_cents": cents}, st.integers(10, 900)
        ),
    ),
    max_size=4,
)
GRID = st.lists(st.integers(0, 2000), min_size=4, max_size=4).map(sorted)


@given(grid=GRID, steps=STEPS, quotients=st.tuples(st.integers(0, 200_000), st.integers(0, 200_000)))
def test_a_price_is_monotone_where_its_grid_is(grid: list[int], steps: list[Any], quotients: tuple[int, int]):
    bands = [band | {"amount_cents": cents} for band, cents in zip(BANDS["bands"], grid, strict=True)]
    stated = definition({"rows": [{"price": BANDS | {"bands": bands}}], "steps": steps})
    poor, rich = (price(stated, PriceFacts(quotient=Decimal(cents) / 100)) for cents in sorted(quotients))
    assert 0 <= poor.unit_cents <= rich.unit_cents


@pytest.mark.parametrize(
    ("facts", "unit_cents", "ending"),
    [
        (PriceFacts(quotient=Decimal(612), payer_percent=50), 130, "2,60 € ; votre part 50 % → 1,30 €"),
        (
            PriceFacts(quotient=Decimal(612), payer_percent=33),
            86,
            "votre part 33 % → 0,858 € ; arrondi à 0,86 €",
        ),
        (
            PriceFacts(quotient=Decimal(612), share_percent=50, payer_percent=40, reason="absence"),
            52,
            "absence 50 % dus → 1,30 € ; votre part 40 % → 0,52 €",
        ),
    ],
)
def test_a_family_pays_its_share_of_a_day(facts: PriceFacts, unit_cents: int, ending: str):
    made = price(definition(MEALS), facts)
    assert made.unit_cents == unit_cents
    assert read(made.explanation).endswith(ending)


def test_a_family_pays_its_share_of_a_supplement_once():
    supplements = [{"label": "retard", "amount_cents": 501}, {"label": "tardif", "percent": 10}]
    made = price(
        definition({"rows": [{"price": {"kind": "flat", "amount_cents": 300}}], "supplements": supplements}),
        PriceFacts(payer_percent=50),
    )
    assert [(read(each.label), each.unit_cents) for each in made.supplements] == [
        ("retard (votre part 50 %)", 251),
        ("tardif (10 %)", 15),
    ]


@given(
    steps=STEPS,
    quotient=st.none() | st.integers(0, 200_000),
    rank=st.integers(1, 4),
    units=st.integers(0, 40),
)
def test_a_price_is_a_function_of_its_facts_and_multiplies(
    steps: list[Any], quotient: int | None, rank: int, units: int
):
    stated = definition(MEALS | {"steps": [*MEALS["steps"], *steps]})
    value = None if quotient is None else Decimal(quotient) / 100
    facts = PriceFacts(quotient=value, rank=rank, units=units)
    made = price(stated, facts)
    assert made == price(definition(stored(stated)), facts)
    assert made.amount_cents == made.quantity * made.unit_cents >= 0
    assert made.quantity == units
    assert _last_amount(made.explanation) == made.unit_cents


def _last_amount(explanation: str) -> int:
    """The cents that an explanation ends with: the steps lead to the unit price."""
    told = re.findall(r"(\d{1,3}(?:\u202f\d{3})*(?:,\d+)?)\u00a0€", explanation)[-1]
    return int(Decimal(told.replace("\u202f", "").replace(",", ".")) * 100)
