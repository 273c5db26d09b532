"""How receipts are numbered. Pure."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo


class Received(NamedTuple):
    """A payment that a receipt is written for: of which family, to which régie of which commune."""

    payment_id: UUID
    commune_id: UUID
    regie_id: UUID
    family_id: UUID


def receipt_year(settled_at: datetime, time_zone: str) -> int:
    """The year that a receipt counts in: the civil year where the commune is."""
    return settled_at.astimezone(ZoneInfo(time_zone)).year


def receipt_number(year: int, rank: int) -> str:
    """``Q2026-000042``: the 42nd receipt (quittance) of a régie that year."""
    return f"Q{year}-{rank:06d}"
