"""The kinds of mail, and when a mail that did not leave is tried again. Pure: no I/O, no clock."""

from datetime import timedelta
from typing import NamedTuple
from unicodedata import category


class Kind(NamedTuple):
    """``name`` is its template. ``essential`` goes also to who asked not to be notified.

    ``holds_secret``: the body carries a link or a code, and is forgotten once sent.
    """

    name: str
    essential: bool = False
    holds_secret: bool = False


class Recipient(NamedTuple):
    """Who gets a mail."""

    email: str
    first_name: str


INVITATION = Kind("invitation", essential=True, holds_secret=True)
WELCOME = Kind("welcome", essential=True, holds_secret=True)
ALREADY_REGISTERED = Kind("already_registered", essential=True)
PASSWORD_RESET = Kind("password_reset", essential=True, holds_secret=True)
AGENT_PASSWORD_RESET = Kind("agent_password_reset", essential=True, holds_secret=True)
PASSWORD_CHANGED = Kind("password_changed", essential=True)
ORDER_CONFIRMED = Kind("order_confirmed")
ORDER_AWAITING_PAYMENT = Kind("order_awaiting_payment")
ORDER_EXPIRED = Kind("order_expired")
BOOKING_DECIDED = Kind("booking_decided")
DAYS_CLOSED = Kind("days_closed", essential=True)
INVOICE_ISSUED = Kind("invoice_issued", essential=True)
INVOICE_CANCELLED = Kind("invoice_cancelled", essential=True)
INVOICE_DUE_AGAIN = Kind("invoice_due_again", essential=True)
AVOIR_ISSUED = Kind("avoir_issued", essential=True)
INVOICES_REMINDED = Kind("invoices_reminded", essential=True)
PAYMENT_RECEIPT = Kind("payment_receipt", essential=True)
PAYMENT_FAILED = Kind("payment_failed", essential=True)
PAYMENT_REFUNDED = Kind("payment_refunded", essential=True)
REQUEST_RECEIVED = Kind("request_received")
REQUEST_DECIDED = Kind("request_decided", essential=True)

KINDS: tuple[Kind, ...] = (
    INVITATION,
    WELCOME,
    ALREADY_REGISTERED,
    PASSWORD_RESET,
    AGENT_PASSWORD_RESET,
    PASSWORD_CHANGED,
    ORDER_CONFIRMED,
    ORDER_AWAITING_PAYMENT,
    ORDER_EXPIRED,
    BOOKING_DECIDED,
    DAYS_CLOSED,
    INVOICE_ISSUED,
    INVOICE_CANCELLED,
    INVOICE_DUE_AGAIN,
    AVOIR_ISSUED,
    INVOICES_REMINDED,
    PAYMENT_RECEIPT,
    PAYMENT_FAILED,
    PAYMENT_REFUNDED,
    REQUEST_RECEIVED,
    REQUEST_DECIDED,
)

_DELAYS = (
    timedelta(seconds=10),
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=6),
    timedelta(hours=12),
    timedelta(hours=24),
)
LEASE = timedelta(minutes=2)
"""How long a sender may take over a mail before another one takes it: longer than any SMTP timeout here."""


def delay_after(attempts: int) -> timedelta | None:
    """How long to wait after that many attempts that failed; ``None`` when it is time to give up."""
    return _DELAYS[attempts - 1] if attempts <= len(_DELAYS) else None


def one_line(text: str) -> str:
    """Text fit for a header: whatever breaks a line or hides is a space; no-break spaces stay."""
    hidden = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
    shown = "".join(" " if category(character) in hidden else character for character in text)
    return " ".join(part for part in shown.split(" ") if part)
