"""What an agent cannot state: told by field, before anything counts."""

from typing import Any

import pytest

from preau.billing.tariffs.definition import DEFINITION
from preau.billing.tariffs.faults import faults

FLAT = {"kind": "flat", "amount_cents": 100}
ALL = {"price": FLAT}
NURSERY = {"categories": ["nursery"]}


def bands(*bounds: tuple[float, float | None], **more: Any) -> dict[str, Any]:
    return {
        "kind": "bands",
        "bands": [
            {"from": lower, "to": upper, "label": label, "amount_cents": 100}
            for (lower, upper), label in zip(bounds, "ABCDE", strict=False)
        ],
        **more,
    }


def rows(*stated: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"rows": list(stated), **more}


@pytest.mark.parametrize(
    ("stated", "field"),
    [
        (rows({"price": bands((1, None))}), "rows.0.price.bands.0.from"),
        (rows({"price": bands((0, 400), (401, None))}), "rows.0.price.bands.1.from"),
        (rows({"price": bands((0, 400), (399.99, None))}), "rows.0.price.bands.1.from"),
        (rows({"price": bands((0, 9000))}), "rows.0.price.bands.0.to"),
        (rows({"price": bands((0, None), (400, None))}), "rows.0.price.bands.0.to"),
        (rows({"price": bands((0, 0), (0, None))}), "rows.0.price.bands.0.to"),
        (rows({"price": bands((2, None), of="children")}), "rows.0.price.bands.0.from"),
        (
            rows({"price": bands((0, None), missing={"kind": "band", "label": "Z"})}),
            "rows.0.price.missing",
        ),
        (
            rows({"price": bands((0, None))}, quotient={"missing": {"kind": "band", "label": "Z"}}),
            "rows.0.price.missing",
        ),
        (
            rows({"price": {"kind": "effort_rate", "rate": "0.01", "floor_cents": 9, "ceiling_cents": 8}}),
            "rows.0.price.ceiling_cents",
        ),
        (rows(ALL, {"when": NURSERY, "price": FLAT}), "rows.1"),
        (
            rows(
                {"when": {"categories": ["nursery", "pai"]}, "price": FLAT},
                {"when": NURSERY, "price": FLAT},
                ALL,
            ),
            "rows.1",
        ),
        (
            rows(
                {"when": {"rank": {"from": 2}}, "price": FLAT},
                {"when": {"rank": {"from": 3}}, "price": FLAT},
                ALL,
            ),
            "rows.1",
        ),
        (rows({"when": NURSERY, "price": FLAT}), "rows.0"),
        (rows({"when": {"rank": {"from": 3, "to": 2}}, "price": FLAT}, ALL), "rows.0.when.rank.to"),
        (rows(ALL, steps=[{"kind": "shift", "bands": 1}]), "steps.0.bands"),
        (
            rows(ALL, steps=[{"kind": "bounds", "floor_cents": 5, "ceiling_cents": 4}]),
            "steps.0.ceiling_cents",
        ),
        (rows(ALL, quantity={"kind": "slices", "minutes": 15, "of": "overrun"}), "quantity.closing"),
        (rows(ALL, supplements=[{"label": "Retard"}]), "supplements.0.amount_cents"),
        (rows(ALL, free=[{"label": "Gratuit", "when": {}}]), "free.0.when"),
        (
            rows(ALL, components=[{"code": "a", "label": "Repas", "percent": 60}] * 2),
            "components.1.code",
        ),
        (
            rows(ALL, components=[{"code": "a", "label": "A"}, {"code": "b", "label": "B"}]),
            "components.0.percent",
        ),
    ],
)
def test_a_faulty_tariff_is_told_by_field(stated: dict[str, Any], field: str):
    assert field in faults(DEFINITION.validate_python(stated))


@pytest.mark.parametrize(
    "stated",
    [
        rows(ALL),
        rows({"when": NURSERY, "price": bands((0, 859.99), (859.99, None))}, ALL),
        rows(
            {"when": {"rank": {"from": 3}}, "price": FLAT},
            {"when": {"rank": {"from": 2}}, "price": FLAT},
            ALL,
        ),
        rows({"when": {"rank": {"from": 1}, "children": {"from": 0}}, "price": FLAT}),
        rows(ALL, components=[{"code": "a", "label": "A", "percent": 60}, {"code": "b", "label": "B"}]),
        rows({"price": bands((0, None))}, steps=[{"kind": "shift", "bands": -1}]),
    ],
)
def test_a_sound_tariff_has_no_fault(stated: dict[str, Any]):
    assert faults(DEFINITION.validate_python(stated)) == {}


@pytest.mark.parametrize("end", [399, 399.99])
def test_the_end_of_a_band_is_told_to_be_excluded_where_it_was_included(end: float):
    [message] = faults(DEFINITION.validate_python(rows({"price": bands((0, end), (400, None))}))).values()
    assert message.endswith("la fin d’une tranche est exclue, donnez-lui 400.")
