"""What parents see for the codes of the APIs: words, tone and symbol."""

from preau.wording import kinds, statuses
from preau.wording.typography import sentence

_BOOKING_LOOKS = {
    "requested": ("warn", "state-pending"),
    "awaiting_payment": ("warn", "card"),
    "confirmed": ("good", "state-present"),
    "waitlisted": ("warn", "state-pending"),
    "cancel_requested": ("plum", "state-cancel_pending"),
    "cancelled": ("neutral", "cross"),
    "refused": ("bad", "state-refused"),
    "expired": ("neutral", "clock"),
    "attended": ("good", "state-present"),
    "absent_justified": ("absent", "state-absent"),
    "absent_unjustified": ("absent", "state-absent"),
}
BOOKING: dict[str, tuple[str, str, str]] = {
    status: (sentence(name), *_BOOKING_LOOKS[status]) for status, name in statuses.BOOKING.items()
}
"""For each status of a booking: its words, its tone and its symbol."""

REQUEST: dict[str, tuple[str, str]] = {
    "draft": ("neutral", "edit"),
    "submitted": ("warn", "state-pending"),
    "in_review": ("warn", "state-pending"),
    "info_needed": ("plum", "message"),
    "accepted": ("good", "success"),
    "refused": ("bad", "state-refused"),
    "withdrawn": ("neutral", "cross"),
}
"""For each status of a request: its tone and its symbol; the service gives its words."""

DOCUMENT_KIND = {kind: sentence(name) for kind, name in kinds.DOCUMENT.items()}
