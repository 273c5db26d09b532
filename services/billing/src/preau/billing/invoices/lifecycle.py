"""The lifecycles of an invoice and of a family's credit."""

from typing import Literal

from preau.common.lifecycle import Lifecycle

Status = Literal["draft", "issued", "partly_paid", "paid", "cancelled"]
PaymentAct = Literal["pay_part", "pay_all"]
Act = Literal["issue", "cancel"] | PaymentAct
CreditStatus = Literal["open", "handled"]
CreditAct = Literal["handle"]

INVOICE: Lifecycle[Status, Act] = Lifecycle(
    "invoice",
    {
        "draft": {"issue": "issued"},
        "issued": {"pay_part": "partly_paid", "pay_all": "paid", "cancel": "cancelled"},
        "partly_paid": {"pay_part": "partly_paid", "pay_all": "paid", "cancel": "cancelled"},
        "paid": {"cancel": "cancelled"},
        "cancelled": {},
    },
)
"""Only a credit note cancels; what was paid becomes credit of the family."""

PAYABLE: frozenset[Status] = INVOICE.before("pay_all")
"""Something may still be due."""
LIVE: frozenset[Status] = INVOICE.before("cancel")
"""Issued and not cancelled."""

CREDIT: Lifecycle[CreditStatus, CreditAct] = Lifecycle(
    "credit", {"open": {"handle": "handled"}, "handled": {}}
)
"""``open`` it is a task for an agent; ``handled`` the money was given back or set off."""
