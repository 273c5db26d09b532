"""How the sandbox bank decides. Pure."""

from datetime import datetime, timedelta
from enum import StrEnum


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


_LEADS_TO = {
    Action.PAY: BankState.PAID,
    Action.REFUSE: BankState.REFUSED,
    Action.CANCEL: BankState.CANCELLED,
}


def state_at(state: BankState, opened_at: datetime, lifetime: timedelta, now: datetime) -> BankState:
    """The state at ``now``: an open transaction expires ``lifetime`` after it was opened."""
    if state is BankState.OPEN and now >= opened_at + lifetime:
        return BankState.EXPIRED
    return state


def decided(state: BankState, action: Action) -> BankState | None:
    """What ``action`` makes of the transaction, or None when it was decided before."""
    return _LEADS_TO[action] if state is BankState.OPEN else None
