"""What the service does with the events of the others: its queues and the handler of each event."""

from collections.abc import Sequence

from preau.common.messaging.consumer import Subscription
from preau.contracts import billing, payments, requests, reservations, topology
from preau.identity.families.effects import request_decided
from preau.identity.family_mails.consumers import FamilyMails


def subscriptions(public_url: str) -> Sequence[Subscription]:
    """The queues of the service; ``public_url`` begins the links in mails."""
    mails = FamilyMails(public_url)
    return [
        Subscription(topology.IDENTITY_EFFECTS, {requests.RequestDecidedV1: request_decided}),
        Subscription(
            topology.IDENTITY_BOOKINGS,
            {
                reservations.OrderPayableV1: mails.order_payable,
                reservations.ClosureAppliedV1: mails.closure_applied,
            },
        ),
        Subscription(topology.IDENTITY_REMINDERS, {billing.InvoicesRemindedV1: mails.invoices_reminded}),
        Subscription(topology.IDENTITY_DUES, {billing.InvoiceDueChangedV1: mails.invoice_due_changed}),
        Subscription(
            topology.IDENTITY_NOTIFICATIONS,
            {
                reservations.OrderPlacedV1: mails.order_placed,
                reservations.OrderClosedV1: mails.order_closed,
                reservations.BookingChangedV1: mails.booking_changed,
                billing.InvoiceIssuedV1: mails.invoices_issued,
                billing.InvoiceSettledV1: mails.invoice_settled,
                billing.InvoiceCancelledV1: mails.invoice_cancelled,
                payments.PaymentSettledV1: mails.payment_settled,
                payments.PaymentFailedV1: mails.payment_failed,
                payments.PaymentRefundedV1: mails.payment_refunded,
                requests.RequestSubmittedV1: mails.request_submitted,
                requests.RequestDecidedV1: mails.request_decided,
            },
        ),
    ]
