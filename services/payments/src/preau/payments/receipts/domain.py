"""How receipts are numbered. Pure."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo


class Received(NamedTuple):
    """A payment that a receipt is written for: of which family, to which régie of which commune.

    ``series`` opens the régie's numbers.
    """

    payment_id: UUID
    commune_id: UUID
    regie_id: UUID
    family_id: UUID
    series: str


def receipt_year(settled_at: datetime, time_zone: str) -> int:
    """The year that a receipt counts in: the civil year where the commune is."""
    return settled_at.astimezone(ZoneInfo(time_zone)).year


def series_of(invoice_number: str) -> str:
    """What opens the numbers of a régie's invoices: ``RS`` of ``RS-2026-000042``; "" of anything else."""
    return "-".join(invoice_number.split("-")[:-2])


def receipt_number(series: str, year: int, rank: int) -> str:
    """``RS-Q2026-000042``: the 42nd receipt (quittance) that year of the régie whose invoices begin so."""
    return f"{series}-Q{year}-{rank:06d}" if series else f"Q{year}-{rank:06d}"
