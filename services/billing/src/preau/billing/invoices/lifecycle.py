"""The lifecycle of an invoice. What is due decides where it stands, and the ledger says what is due."""

from typing import Literal

from preau.common.lifecycle import Lifecycle
from preau.common.money import Cents

Status = Literal["draft", "issued", "partly_paid", "paid", "cancelled"]
DueAct = Literal["owe_all", "owe_part", "owe_nothing"]
Act = Literal["issue", "cancel"] | DueAct

INVOICE: Lifecycle[Status, Act] = Lifecycle(
    "invoice",
    {
        "draft": {"issue": "issued"},
        "issued": {
            "owe_all": "issued",
            "owe_part": "partly_paid",
            "owe_nothing": "paid",
            "cancel": "cancelled",
        },
        "partly_paid": {
            "owe_all": "issued",
            "owe_part": "partly_paid",
            "owe_nothing": "paid",
            "cancel": "cancelled",
        },
        "paid": {
            "owe_all": "issued",
            "owe_part": "partly_paid",
            "owe_nothing": "paid",
            "cancel": "cancelled",
        },
        "cancelled": {},
    },
)
"""Money that comes or goes back moves an invoice between the three in the middle. Only a credit note cancels:
what was paid becomes credit of the family."""

LIVE: frozenset[Status] = INVOICE.before("cancel")
"""Issued and not cancelled."""
PAYABLE: frozenset[Status] = LIVE - {"paid"}
"""Something may still be due."""


def due_act(total_cents: Cents, due_cents: Cents) -> DueAct:
    """The act that leads to where an invoice stands of which so much is due."""
    if due_cents == 0:
        return "owe_nothing"
    return "owe_all" if due_cents == total_cents else "owe_part"
