"""Every code of the APIs has words: a code never reaches a page."""

from typing import get_args

import pytest
from pydantic import BaseModel

from preau.gateway.api.models.billing import AgentInvoiceOut, RunOut
from preau.gateway.api.models.payments import AgentPaymentOut
from preau.gateway.api.models.requests import AgentRequestDetail, RequestDetail
from preau.gateway.api.models.reservations import ActivityOut, BookingOut, DayOut, ListedChildOut
from preau.gateway.pages.agents import labels as agents
from preau.gateway.pages.parents import labels as parents
from preau.gateway.pages.parents.reservations.weeks import STATES


def codes_of(model: type[BaseModel], field: str) -> set[str]:
    """The values that the service's document gives for a field."""
    codes = set(get_args(model.model_fields[field].annotation))
    assert codes
    return codes


@pytest.mark.parametrize(
    ("model", "field", "labels"),
    [
        (BookingOut, "status", parents.BOOKING),
        (BookingOut, "status", agents.BOOKING),
        (ListedChildOut, "status", agents.BOOKING),
        (DayOut, "state", STATES),
        (RequestDetail, "status", parents.REQUEST),
        (AgentRequestDetail, "status", agents.REQUEST),
        (AgentPaymentOut, "status", agents.PAYMENT),
        (AgentInvoiceOut, "status", agents.INVOICE.keys() - {"in_favour"}),  # an avoir, as it is told
        (AgentInvoiceOut, "kind", agents.INVOICE_KIND),
        (RunOut, "status", agents.RUN),
        (RunOut, "kind", agents.RUN_KIND),
        (ActivityOut, "unit", dict(agents.UNIT)),
        (ActivityOut, "payment_mode", dict(agents.PAYMENT_MODE)),
        (ActivityOut, "decision", dict(agents.DECISION)),
        (ActivityOut, "open_in_holidays", dict(agents.OPEN_IN)),
    ],
)
def test_every_code_has_words(model, field, labels):
    assert codes_of(model, field) == set(labels)
