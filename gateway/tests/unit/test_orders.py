"""The columns that a page sorts by are the orders that its service has, all of them."""

import json
from pathlib import Path
from typing import Any

import pytest

from preau.gateway.pages.agents.families.listing import FAMILIES
from preau.gateway.pages.agents.invoices.listing import INVOICES
from preau.gateway.pages.agents.payments.listing import PAYMENTS
from preau.gateway.pages.agents.requests.listing import REQUESTS
from preau.gateway.pages.agents.reservations.listing import BOOKINGS
from preau.gateway.pages.agents.runs.listing import RUNS
from preau.gateway.pages.agents.workbench.listing import Listing

DOCUMENTS = Path(__file__).parents[2] / "openapi"
LISTS: list[tuple[Listing[Any], str, str]] = [
    (FAMILIES, "identity", "/agent/families"),
    (INVOICES, "billing", "/agent/invoices"),
    (RUNS, "billing", "/agent/runs"),
    (BOOKINGS, "reservations", "/agent/bookings"),
    (PAYMENTS, "payments", "/agent/payments"),
    (REQUESTS, "requests", "/agent/requests"),
]


@pytest.mark.parametrize(("listing", "service", "path"), LISTS, ids=[path for _, _, path in LISTS])
def test_sortable_columns_are_the_orders_of_the_service(listing, service, path):
    document = json.loads((DOCUMENTS / f"{service}.json").read_text())
    parameters = {each["name"]: each["schema"] for each in document["paths"][path]["get"]["parameters"]}
    orders = set(parameters["sort"]["enum"])
    shown = {column.key for column in listing.columns if column.sortable and column.shown}
    assert {order.removeprefix("-") for order in orders} == shown
    assert {f"-{name}" for name in shown} <= orders
    assert listing.given_by == parameters["sort"]["default"]
    assert {each.name for each in listing.filters} <= set(parameters)
