"""The life of a refund. Pure."""

from enum import StrEnum
from typing import Literal

from preau.common.lifecycle import Lifecycle


class RefundStatus(StrEnum):
    """Where a refund stands: asked for here, done by the provider, or denied by it."""

    REQUESTED = "requested"
    DONE = "done"
    DENIED = "denied"


RefundAct = Literal["complete", "deny"]

REFUND: Lifecycle[RefundStatus, RefundAct] = Lifecycle(
    "refund",
    {
        RefundStatus.REQUESTED: {"complete": RefundStatus.DONE, "deny": RefundStatus.DENIED},
        RefundStatus.DONE: {},
        RefundStatus.DENIED: {},
    },
)

WAITING = REFUND.before("complete")
"""The provider is still to give the money back."""
