"""The life of an order: a validated basket."""

from typing import Literal

from preau.common.lifecycle import Lifecycle

OrderStatus = Literal["placed", "awaiting_payment", "confirmed", "expired"]
OrderAct = Literal["hold", "confirm", "pay", "expire"]

ORDER: Lifecycle[OrderStatus, OrderAct] = Lifecycle(
    "order",
    {
        "placed": {"hold": "awaiting_payment", "confirm": "confirmed"},
        "awaiting_payment": {"pay": "confirmed", "expire": "expired"},
        "confirmed": {},
        "expired": {},
    },
)
UNPAID: frozenset[OrderStatus] = ORDER.before("pay")
"""The orders that hold places until they are paid."""
