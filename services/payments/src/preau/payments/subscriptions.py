"""The queues of the service: what each feature does with an event, one after the other."""

from preau.common.messaging.consumer import Subscription, in_turn
from preau.contracts import topology
from preau.contracts.billing import (
    InvoiceCancelledV1,
    InvoiceDueChangedV1,
    InvoiceIssuedV1,
    InvoiceSettledV1,
    RefundOrderedV1,
)
from preau.contracts.identity import AccountErasedV1, CommuneUpdatedV1, FamilyUpdatedV1
from preau.payments.copies import repository as copies
from preau.payments.payables import consumers as payables
from preau.payments.payments import consumers as payments
from preau.payments.refunds import consumers as refunds

COPIES = Subscription(
    queue=topology.PAYMENTS_COPIES,
    handlers={
        CommuneUpdatedV1: copies.keep_commune,
        FamilyUpdatedV1: copies.keep_family,
        AccountErasedV1: payments.forget_account,
    },
)

PAYABLES = Subscription(
    queue=topology.PAYMENTS_PAYABLES,
    handlers={
        InvoiceIssuedV1: payables.open_issued,
        InvoiceSettledV1: in_turn(payables.close_settled, payments.ask_about_live_payments),
        InvoiceDueChangedV1: in_turn(payables.change_due, payments.ask_about_live_payments),
        InvoiceCancelledV1: in_turn(payables.close_cancelled, payments.ask_about_live_payments),
        RefundOrderedV1: refunds.ordered,
    },
)

SUBSCRIPTIONS = (COPIES, PAYABLES)
