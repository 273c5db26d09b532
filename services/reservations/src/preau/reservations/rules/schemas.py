"""Refusals as the API shows them."""

from datetime import datetime

from preau.common.http.schemas import ResponseModel
from preau.reservations.bookings.refusals import OverrideBy


class RefusalOut(ResponseModel):
    """Which rule, why (French), until when it was possible, and who can do it all the same."""

    rule: str
    reason: str
    cut_off: datetime | None = None
    override_by: OverrideBy = "agent"
