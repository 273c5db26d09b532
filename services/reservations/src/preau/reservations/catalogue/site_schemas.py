"""Sites over HTTP."""

from typing import Literal
from uuid import UUID

from preau.common.http.schemas import RequestModel, ResponseModel
from preau.contracts.reservations import PaymentMode
from preau.reservations.fields import Label

SiteStatus = Literal["active", "closed"]


class OfferedActivityOut(ResponseModel):
    """An activity that a parent may choose at a site."""

    activity_id: UUID
    label: str
    unit: str
    payment_mode: PaymentMode
    decision: Literal["auto", "agent"]


class OfferedSiteOut(ResponseModel):
    """A site with what it offers."""

    site_id: UUID
    label: str
    activities: list[OfferedActivityOut]


class OfferOut(ResponseModel):
    """What the commune offers."""

    items: list[OfferedSiteOut]
    next_cursor: str | None = None


class SiteIn(RequestModel):
    """A new site."""

    label: Label


class SitePatch(RequestModel):
    """What changes of a site."""

    label: Label | None = None
    status: SiteStatus | None = None


class SiteOut(ResponseModel):
    """A site as agents see it."""

    site_id: UUID
    label: str
    status: SiteStatus
    version: int


class SitesOut(ResponseModel):
    """The sites of the commune."""

    items: list[SiteOut]
    next_cursor: str | None = None
