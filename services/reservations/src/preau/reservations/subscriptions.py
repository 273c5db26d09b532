"""The events of other services: one that concerns several features goes to each in its turn."""

from preau.common.messaging.consumer import Subscription, in_turn
from preau.contracts import topology
from preau.contracts.billing import (
    FamilyDebtChangedV1,
    InvoiceCancelledV1,
    InvoiceIssuedV1,
    InvoiceSettledV1,
    TariffUpdatedV1,
)
from preau.contracts.identity import AccountErasedV1, CommuneUpdatedV1, FamilyUpdatedV1
from preau.reservations.basket import repository as baskets
from preau.reservations.copies import repository as copies
from preau.reservations.orders import consumers as orders

COPIES = Subscription(
    topology.RESERVATIONS_COPIES,
    {
        CommuneUpdatedV1: copies.keep_commune,
        FamilyUpdatedV1: in_turn(copies.keep_family, baskets.drop_lines_of_former_children),
        AccountErasedV1: in_turn(baskets.forget_account, orders.forget_account),
    },
)
TARIFFS = Subscription(topology.RESERVATIONS_TARIFFS, {TariffUpdatedV1: copies.keep_tariff})
DEBTS = Subscription(topology.RESERVATIONS_DEBTS, {FamilyDebtChangedV1: copies.keep_debt})
ORDERS = Subscription(
    topology.RESERVATIONS_ORDERS,
    {
        InvoiceIssuedV1: orders.issued,
        InvoiceSettledV1: orders.settled,
        InvoiceCancelledV1: orders.cancelled,
    },
)
