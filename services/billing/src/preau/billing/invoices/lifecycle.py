"""The lifecycle of an invoice. What is due decides where it stands, and the ledger says what is due."""

from typing import Literal

from preau.common.lifecycle import Lifecycle
from preau.common.money import Cents

Status = Literal["draft", "issued", "partly_paid", "paid", "written_off", "cancelled"]
DueAct = Literal["owe_all", "owe_part", "owe_nothing", "write_off"]
Act = Literal["issue", "cancel"] | DueAct

INVOICE: Lifecycle[Status, Act] = Lifecycle(
    "invoice",
    {
        "draft": {"issue": "issued"},
        "issued": {
            "owe_all": "issued",
            "owe_part": "partly_paid",
            "owe_nothing": "paid",
            "write_off": "written_off",
            "cancel": "cancelled",
        },
        "partly_paid": {
            "owe_all": "issued",
            "owe_part": "partly_paid",
            "owe_nothing": "paid",
            "write_off": "written_off",
            "cancel": "cancelled",
        },
        "paid": {
            "owe_all": "issued",
            "owe_part": "partly_paid",
            "owe_nothing": "paid",
            "cancel": "cancelled",
        },
        "written_off": {
            "owe_all": "issued",
            "owe_part": "partly_paid",
            "owe_nothing": "paid",
            "write_off": "written_off",
            "cancel": "cancelled",
        },
        "cancelled": {},
    },
)
"""Money that comes or goes back moves an invoice between issued, partly paid and paid. What is due of it may
be written off: nobody asks for it any more, until that is undone or money comes all the same. Only a credit
note cancels: what was paid becomes credit of the family."""

LIVE: frozenset[Status] = INVOICE.before("cancel")
"""Issued and not cancelled."""
PAYABLE: frozenset[Status] = LIVE - {"paid", "written_off"}
"""Something may still be due."""


def due_act(total_cents: Cents, due_cents: Cents, written_off_cents: Cents = 0) -> DueAct:
    """The act that leads to where an invoice stands of which so much is due, or written off."""
    if written_off_cents:
        return "write_off"
    if due_cents == 0:
        return "owe_nothing"
    return "owe_all" if due_cents == total_cents else "owe_part"
