"""What a run makes of a charge that was billed before: its value now, less what was billed."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preau.billing.charges.domain import BILLABLE, GIVEN_BACK
from preau.billing.invoices.corrections import KnownCharge, corrections
from preau.billing.tariffs.domain import Price, SupplementPrice
from preau.billing.tariffs.facts import ChargeFacts

BOOKING, CHILD, MEAL = UUID(int=1), UUID(int=2), UUID(int=3)


def known(status: str, billed: tuple[int, int], price: tuple[int, int] | None, **more: Any) -> KnownCharge:
    """A charge of which (units, cents) were billed, and that costs (quantity, unit price) now."""
    made = None if price is None else Price(*price, steps=("QF 100",), row=0, **more)
    charge = ChargeFacts(CHILD, MEAL, date(2026, 3, 2))
    return KnownCharge(BOOKING, status, charge, "Zoé", "Repas", made, *billed)  # pyright: ignore[reportArgumentType]


def lines(charge: KnownCharge) -> list[tuple[str, int, int]]:
    return [(each.kind, each.quantity, each.unit_cents) for each in corrections([charge])]


@pytest.mark.parametrize(
    ("status", "billed", "price", "due"),
    [
        ("confirmed", (0, 0), (1, 480), [("charge", 1, 480)]),
        ("confirmed", (1, 480), (1, 480), []),
        ("attended", (1, 260), (3, 260), [("charge", 2, 260)]),
        ("attended", (1, 480), (2, 240), [("price", 1, -240), ("charge", 1, 240)]),
        ("confirmed", (9, 297), (9, 30), [("price", 9, -3)]),
        ("confirmed", (9, 300), (9, 33), [("price", 1, -3)]),
        ("absent_justified", (3, 780), (3, 260), [("charge", -3, 260)]),
        ("cancelled", (9, 300), None, [("charge", -9, 0), ("price", -1, 300)]),
        ("cancelled", (0, 0), None, []),
        ("cancel_requested", (0, 0), (1, 480), [("charge", 1, 480)]),
        ("confirmed", (1, 480), None, []),
        ("expired", (1, 480), (1, 480), []),
        ("requested", (0, 0), (1, 480), []),
        ("confirmed", (0, 0), (0, 480), []),
    ],
)
def test_a_charge_is_worth_its_price_less_what_was_billed(
    status: str, billed: tuple[int, int], price: tuple[int, int] | None, due: list[tuple[str, int, int]]
):
    assert lines(known(status, billed, price)) == due


def test_a_change_of_price_says_both_prices_and_why():
    (line,) = corrections([known("confirmed", (1, 480), (1, 240))])
    assert line.explanation.replace("\u00a0", " ").replace("\u202f", " ") == "4,80 € → 2,40 € : QF 100"
    assert line.label.startswith("Régularisation")


def test_a_supplement_is_billed_with_its_charge_and_corrected_by_its_price():
    late = (SupplementPrice("retard", "act", 2, 500),)
    made = corrections([known("attended", (0, 0), (1, 480), supplements=late)])
    assert [(each.kind, each.amount_cents) for each in made] == [("charge", 480), ("supplement", 1000)]
    (line,) = corrections([known("attended", (1, 480), (1, 480), supplements=late)])
    assert (line.kind, line.amount_cents) == ("price", 1000)


@given(
    status=st.sampled_from(sorted(BILLABLE | GIVEN_BACK)),
    billed=st.tuples(st.integers(0, 9), st.integers(0, 3000)),
    price=st.tuples(st.integers(0, 9), st.integers(0, 900)),
)
def test_corrections_always_come_out_at_the_price(
    status: str, billed: tuple[int, int], price: tuple[int, int]
):
    units, cents = billed
    made = corrections([known(status, billed, price)])
    worth = price if status in BILLABLE else (0, 0)
    counted = sum(each.quantity for each in made if each.kind == "charge")
    assert units + counted == worth[0]
    assert cents + sum(each.amount_cents for each in made) == worth[0] * worth[1]
