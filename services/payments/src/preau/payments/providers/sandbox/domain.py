"""How the sandbox bank decides. Pure."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal

from preau.common.lifecycle import Lifecycle


class BankState(StrEnum):
    """Where a transaction of the bank stands."""

    OPEN = "open"
    PAID = "paid"
    REFUSED = "refused"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


class Action(StrEnum):
    """What the holder of the card does on the bank's page."""

    PAY = "pay"
    REFUSE = "refuse"
    CANCEL = "cancel"


BANK: Lifecycle[BankState, Action | Literal["expire"]] = Lifecycle(
    "transaction of the sandbox bank",
    {
        BankState.OPEN: {
            Action.PAY: BankState.PAID,
            Action.REFUSE: BankState.REFUSED,
            Action.CANCEL: BankState.CANCELLED,
            "expire": BankState.EXPIRED,
        },
        BankState.PAID: {},
        BankState.REFUSED: {},
        BankState.CANCELLED: {},
        BankState.EXPIRED: {},
    },
)


def state_at(state: BankState, opened_at: datetime, lifetime: timedelta, now: datetime) -> BankState:
    """The state at ``now``: an open transaction expires ``lifetime`` after it was opened."""
    if BANK.may(state, "expire") and now >= opened_at + lifetime:
        return BANK.move(state, "expire")
    return state


def decided(state: BankState, action: Action) -> BankState | None:
    """What ``action`` makes of the transaction, or None when it was decided before."""
    return BANK.move(state, action) if BANK.may(state, action) else None
