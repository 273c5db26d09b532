"""Invitations and memberships over HTTP."""

from datetime import datetime
from typing import Self
from uuid import UUID

from pydantic import Field, model_validator

from preau.common.http.schemas import RequestModel, ResponseModel


class ActivationOut(ResponseModel):
    """What an activation link is about."""

    family_label: str
    commune_name: str
    first_name: str
    last_name: str
    email: str
    expires_at: datetime


class MembershipOut(ResponseModel):
    """A family of the account, with what a person recognises it by."""

    commune_id: UUID
    commune_name: str
    commune_slug: str
    accent_colour: str
    family_id: UUID
    family_label: str
    guardian_id: UUID


class JoinIn(RequestModel):
    """An adhesion code, or the token of an activation link."""

    code: str | None = Field(default=None, max_length=40, repr=False)
    activation_token: str | None = Field(default=None, max_length=200, repr=False)

    @model_validator(mode="after")
    def _one_of_them(self) -> Self:
        if (self.code is None) == (self.activation_token is None):
            raise ValueError("Indiquez un code d’adhésion ou un lien d’activation.")
        return self
