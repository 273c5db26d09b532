"""Who listens to what: every queue of the system and the events bound to it.

It is made before any service starts, so that an event published before its reader has ever run waits in the
reader's queue. The first part of a queue's name is the service that may read it. A service that handles other
events than its queues carry does not start.
"""

from typing import NamedTuple

from preau.contracts import billing, identity, payments, requests, reservations
from preau.contracts.event import Event

EXCHANGE = "preau.events"


class Queue(NamedTuple):
    """A durable queue ``<service>.<use>``, the events bound to it, and how many messages a consumer holds."""

    name: str
    events: tuple[type[Event], ...]
    prefetch: int = 50

    @property
    def service(self) -> str:
        return self.name.split(".", 1)[0]


IDENTITY_EFFECTS = Queue("identity.effects", (requests.RequestDecidedV1,))
IDENTITY_NOTIFICATIONS = Queue(
    "identity.notifications",
    (
        reservations.OrderPlacedV1,
        reservations.OrderClosedV1,
        reservations.BookingChangedV1,
        billing.InvoiceIssuedV1,
        billing.InvoiceSettledV1,
        billing.InvoiceCancelledV1,
        payments.PaymentSettledV1,
        payments.PaymentFailedV1,
        payments.PaymentRefundedV1,
        requests.RequestSubmittedV1,
        requests.RequestDecidedV1,
    ),
)
IDENTITY_BOOKINGS = Queue("identity.bookings", (reservations.OrderPayableV1, reservations.ClosureAppliedV1))
IDENTITY_REMINDERS = Queue("identity.reminders", (billing.InvoicesRemindedV1,))
IDENTITY_DUES = Queue("identity.dues", (billing.InvoiceDueChangedV1,))
RESERVATIONS_COPIES = Queue(
    "reservations.copies", (identity.CommuneUpdatedV1, identity.FamilyUpdatedV1, identity.AccountErasedV1)
)
RESERVATIONS_TARIFFS = Queue("reservations.tariffs", (billing.TariffUpdatedV1,))
RESERVATIONS_DEBTS = Queue("reservations.debts", (billing.FamilyDebtChangedV1,))
RESERVATIONS_ORDERS = Queue(
    "reservations.orders",
    (billing.InvoiceIssuedV1, billing.InvoiceSettledV1, billing.InvoiceCancelledV1),
)
BILLING_COPIES = Queue(
    "billing.copies",
    (
        identity.CommuneUpdatedV1,
        identity.FamilyUpdatedV1,
        identity.AccountErasedV1,
        reservations.ActivityUpdatedV1,
    ),
)
BILLING_CHARGES = Queue(
    "billing.charges",
    (
        reservations.OrderPlacedV1,
        reservations.OrderClosedV1,
        reservations.BookingChangedV1,
        reservations.AttendanceRecordedV1,
    ),
)
BILLING_PAYMENTS = Queue(
    "billing.payments",
    (
        payments.PaymentSettledV1,
        payments.PaymentFailedV1,
        payments.PaymentRefundedV1,
        payments.RefundDeniedV1,
    ),
)
PAYMENTS_COPIES = Queue(
    "payments.copies", (identity.CommuneUpdatedV1, identity.FamilyUpdatedV1, identity.AccountErasedV1)
)
PAYMENTS_PAYABLES = Queue(
    "payments.payables",
    (
        billing.InvoiceIssuedV1,
        billing.InvoiceSettledV1,
        billing.InvoiceDueChangedV1,
        billing.InvoiceCancelledV1,
        billing.RefundOrderedV1,
    ),
)
REQUESTS_COPIES = Queue(
    "requests.copies", (identity.CommuneUpdatedV1, identity.FamilyUpdatedV1, identity.AccountErasedV1)
)

BILLING_RUN_CHUNKS = Queue("billing.run.chunks", (billing.RunChunkQueuedV1,), prefetch=1)
"""The work queue of the billing workers: one message a chunk of a run, one at a time a worker."""

QUEUES: tuple[Queue, ...] = (
    IDENTITY_EFFECTS,
    IDENTITY_NOTIFICATIONS,
    IDENTITY_BOOKINGS,
    IDENTITY_REMINDERS,
    IDENTITY_DUES,
    RESERVATIONS_COPIES,
    RESERVATIONS_TARIFFS,
    RESERVATIONS_DEBTS,
    RESERVATIONS_ORDERS,
    BILLING_COPIES,
    BILLING_CHARGES,
    BILLING_PAYMENTS,
    BILLING_RUN_CHUNKS,
    PAYMENTS_COPIES,
    PAYMENTS_PAYABLES,
    REQUESTS_COPIES,
)
