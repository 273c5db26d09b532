"""What agents read for the codes of the APIs: text and tone of a badge."""

from __future__ import annotations

from collections.abc import Mapping

from preau.wording import kinds, statuses
from preau.wording.dates import WEEKDAYS
from preau.wording.typography import sentence


def _toned(names: Mapping[str, str], tones: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """For each status its name as a badge has it, and the badge's tone."""
    return {status: (sentence(name), tones.get(status, "neutral")) for status, name in names.items()}


def _choices(names: Mapping[str, str], *, capital: bool = True) -> tuple[tuple[str, str], ...]:
    """The options of a field: value and text."""
    return tuple((value, sentence(name) if capital else name) for value, name in names.items())


BOOKING = _toned(
    statuses.BOOKING,
    {
        "requested": "calm",
        "awaiting_payment": "warn",
        "confirmed": "good",
        "waitlisted": "neutral",
        "cancel_requested": "plum",
        "cancelled": "neutral",
        "refused": "bad",
        "expired": "neutral",
        "attended": "good",
        "absent_justified": "absent",
        "absent_unjustified": "absent",
    },
)
REQUEST = _toned(
    statuses.REQUEST,
    {
        "submitted": "warn",
        "in_review": "calm",
        "info_needed": "plum",
        "accepted": "good",
        "refused": "bad",
        "withdrawn": "neutral",
    },
)
INVOICE = _toned(
    statuses.DOCUMENT,
    {
        "in_favour": "good",
        "issued": "warn",
        "partly_paid": "calm",
        "paid": "good",
        "written_off": "plum",
        "cancelled": "neutral",
        "draft": "neutral",
    },
)
CLOSURE = _choices(kinds.CLOSURE)
RUN = _toned(
    statuses.RUN,
    {
        "computing": "calm",
        "compute_paused": "warn",
        "computed": "warn",
        "issuing": "calm",
        "issue_paused": "warn",
        "issued": "good",
        "discarded": "neutral",
    },
)
PRINT = _toned(statuses.PRINT, {"rendering": "calm", "ready": "good", "failed": "bad"})
PAYMENT = _toned(
    statuses.PAYMENT,
    {
        "created": "neutral",
        "redirected": "calm",
        "pending": "calm",
        "settled": "good",
        "refused": "bad",
        "cancelled": "neutral",
        "expired": "neutral",
        "review": "warn",
        "refunded": "plum",
    },
)
INVOICE_KIND = {kind: sentence(name) for kind, name in kinds.INVOICE.items()}
DOCUMENT_KIND = {kind: sentence(name) for kind, name in kinds.DOCUMENT.items()}
MOVING = ("computing", "issuing")
"""The statuses of a run at which workers are."""
RUN_KIND = {kind: sentence(name) for kind, name in kinds.RUN.items()}
PAYMENT_METHOD = {method: sentence(name) for method, name in kinds.PAYMENT_METHOD.items()}
FAMILY = {"linked": ("Relié", "good"), "none": ("Pas encore", "neutral")}
FAMILY_STATUS = _choices(statuses.RECORD)
RESIDENCY = _choices(kinds.RESIDENCY)
LEVEL = _choices(kinds.LEVEL)
CIVILITY = _choices(kinds.CIVILITY, capital=False)
DAY_TYPE = _choices(kinds.DAY_TYPE, capital=False)
PAYMENT_MODE = _choices(kinds.PAYMENT_MODE)
DECISION = _choices(kinds.DECISION)
OPEN_IN = _choices(kinds.OPEN_IN)
UNIT = _choices(kinds.UNIT, capital=False)
SCHOOL_ZONE = _choices(kinds.SCHOOL_ZONE)

LABELS = {
    "booking_labels": BOOKING,
    "request_labels": REQUEST,
    "invoice_labels": INVOICE,
    "invoice_kinds": DOCUMENT_KIND,
    "run_labels": RUN,
    "run_kinds": RUN_KIND,
    "payment_labels": PAYMENT,
    "account_words": {code: sentence(name) for code, name in kinds.ACCOUNT.items()},
    "residencies": RESIDENCY,
    "levels": LEVEL,
    "civilities": CIVILITY,
    "weekday_names": WEEKDAYS,
    "day_types": DAY_TYPE,
    "payment_modes": PAYMENT_MODE,
    "decisions": DECISION,
    "seasons": OPEN_IN,
    "units": UNIT,
    "school_zones": SCHOOL_ZONE,
}
