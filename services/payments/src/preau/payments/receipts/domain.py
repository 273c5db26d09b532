"""How receipts are numbered. Pure."""

from datetime import datetime
from zoneinfo import ZoneInfo


def receipt_year(settled_at: datetime, time_zone: str) -> int:
    """The year that a receipt counts in: the civil year where the commune is."""
    return settled_at.astimezone(ZoneInfo(time_zone)).year


def receipt_number(year: int, rank: int) -> str:
    """``Q2026-000042``: the 42nd receipt (quittance) of a régie that year."""
    return f"Q{year}-{rank:06d}"
