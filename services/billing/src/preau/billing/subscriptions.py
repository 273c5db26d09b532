"""What billing consumes: each queue, and what every feature concerned makes of its events."""

from datetime import timedelta

from preau.billing.charges import consumers as charges
from preau.billing.copies import consumers as copies
from preau.billing.orders import give_back
from preau.billing.orders import service as orders
from preau.billing.payments import consumers as payments
from preau.billing.refunds import consumers as refunds
from preau.billing.runs.consumers import chunk_handler
from preau.billing.tariffs import consumers as tariffs
from preau.common.messaging.consumer import Subscription, in_turn
from preau.contracts import topology
from preau.contracts.billing import RunChunkQueuedV1
from preau.contracts.identity import AccountErasedV1, CommuneUpdatedV1, FamilyUpdatedV1
from preau.contracts.payments import PaymentFailedV1, PaymentRefundedV1, PaymentSettledV1, RefundDeniedV1
from preau.contracts.reservations import (
    ActivityUpdatedV1,
    AttendanceRecordedV1,
    BookingChangedV1,
    OrderClosedV1,
    OrderPlacedV1,
)

SUBSCRIPTIONS = (
    Subscription(
        queue=topology.BILLING_COPIES,
        handlers={
            CommuneUpdatedV1: copies.keep_commune,
            FamilyUpdatedV1: in_turn(copies.keep_family, tariffs.keep_periods, charges.keep_custodies),
            ActivityUpdatedV1: copies.keep_activity,
            AccountErasedV1: copies.ignore_erased_account,
        },
    ),
    Subscription(
        queue=topology.BILLING_CHARGES,
        handlers={
            OrderPlacedV1: in_turn(charges.keep_order, orders.invoice, give_back.of_order),
            OrderClosedV1: in_turn(charges.keep_closed_order, orders.close),
            BookingChangedV1: in_turn(charges.keep_booking, give_back.of_changed),
            AttendanceRecordedV1: in_turn(charges.keep_attendance, give_back.of_absent),
        },
    ),
    Subscription(
        queue=topology.BILLING_PAYMENTS,
        handlers={
            PaymentSettledV1: payments.settle,
            PaymentFailedV1: payments.ignore_failed,
            PaymentRefundedV1: refunds.carried_out,
            RefundDeniedV1: refunds.denied,
        },
    ),
)


def run_chunks(lease: timedelta) -> Subscription:
    """The queue of a run's chunks, for whoever computes them."""
    return Subscription(queue=topology.BILLING_RUN_CHUNKS, handlers={RunChunkQueuedV1: chunk_handler(lease)})
