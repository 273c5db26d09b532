"""The states of a mail to send."""

from typing import Literal

from preau.common.lifecycle import Lifecycle

Status = Literal["pending", "sent", "failed"]
Act = Literal["claim", "send", "delay", "give_up"]

MAIL: Lifecycle[Status, Act] = Lifecycle(
    "mail",
    {
        "pending": {"claim": "pending", "send": "sent", "delay": "pending", "give_up": "failed"},
        "failed": {"send": "sent"},  # by a sender whose lease had ended when another one gave the mail up
        "sent": {},
    },
)
