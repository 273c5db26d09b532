"""Communes over HTTP."""

from typing import Annotated, Literal
from uuid import UUID
from zoneinfo import available_timezones

from pydantic import Base64Bytes, Field, field_validator

from preau.common.http.schemas import RequestModel, ResponseModel
from preau.common.http.texts import Phone, Shaped
from preau.identity.credentials.domain import valid_email

SchoolZone = Literal[
    "A",
    "B",
    "C",
    "alsace",
    "moselle",
    "corse",
    "guadeloupe",
    "guyane",
    "martinique",
    "mayotte",
    "reunion",
]
"""Whose public and school holidays a commune keeps: Alsace and Moselle those of the zone B, and two days."""


Colour = Annotated[str, Shaped("#[0-9a-f]{6}", "Écrivez une couleur comme #1f5fa8.")]


class CommuneOut(ResponseModel):
    """What everybody may know of a commune."""

    commune_id: UUID
    slug: str
    name: str
    accent_colour: str
    contact_email: str
    contact_phone: str
    time_zone: str


class CommunesOut(ResponseModel):
    """Every commune, by name."""

    items: list[CommuneOut]


class ResidencyClassOut(ResponseModel):
    """A class of residency, of the commune's own."""

    code: str
    label: str
    is_resident: bool


class ChildCategoryOut(ResponseModel):
    """A category of children, of the commune's own."""

    code: str
    label: str


class LogoIn(RequestModel):
    """A PNG or JPEG in base64, at most 200 kB of it."""

    image: Base64Bytes = Field(max_length=280_000)


class AgentCommuneOut(CommuneOut):
    """The commune as its agents see it."""

    has_logo: bool
    school_zone: str
    residency_classes: list[ResidencyClassOut]
    child_categories: list[ChildCategoryOut]
    version: int


class CommunePatch(RequestModel):
    """Changes to the commune; what is absent stays."""

    name: str | None = Field(default=None, min_length=1, max_length=120)
    time_zone: str | None = None
    school_zone: SchoolZone | None = None
    accent_colour: Colour | None = None
    contact_email: str | None = Field(default=None, max_length=320)
    contact_phone: Phone | None = None

    @field_validator("time_zone")
    @classmethod
    def _known(cls, zone: str | None) -> str | None:
        if zone is not None and zone not in available_timezones():
            raise ValueError("Ce fuseau horaire est inconnu.")
        return zone

    @field_validator("contact_email")
    @classmethod
    def _valid(cls, address: str | None) -> str | None:
        return valid_email(address) if address else address
