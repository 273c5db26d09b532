"""The civil time of whoever looks at a page: that of their commune. Every page reads it here."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from starlette.requests import Request

WITHOUT_COMMUNE = ZoneInfo("UTC")
"""For pages open to all, which speak of no commune."""


def keep_zone(request: Request, time_zone: str) -> None:
    """Show this request's page in the civil time of a commune ("Indian/Reunion")."""
    request.state.zone = ZoneInfo(time_zone)


def zone_of(request: Request) -> ZoneInfo:
    """The time zone of the request's page."""
    return getattr(request.state, "zone", WITHOUT_COMMUNE)


def today_of(request: Request) -> date:
    """The present day where the commune is."""
    return datetime.now(zone_of(request)).date()
