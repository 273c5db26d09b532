"""Accounts over HTTP."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import Field, field_validator

from preau.common.http.schemas import RequestModel, ResponseModel
from preau.identity.accounts.domain import valid_email

Purpose = Literal["personal", "organisation"]
Civility = Literal["", "mme", "m"]
NotifyBy = Literal["email", "sms", "none"]
_PHONE = r"^$|^\+?[0-9][0-9 .()-]{5,28}$"


class _Profile(RequestModel):
    """What a person says of themselves."""

    account_name: str = Field(min_length=1, max_length=120)
    purpose: Purpose = "personal"
    civility: Civility = ""
    first_name: str = Field(min_length=1, max_length=80)
    last_name: str = Field(min_length=1, max_length=80)
    notify_by: NotifyBy = "email"
    phone: str = Field(default="", pattern=_PHONE)
    second_phone: str = Field(default="", pattern=_PHONE)
    second_email: str = Field(default="", max_length=320)

    @field_validator("second_email")
    @classmethod
    def _second_valid(cls, address: str) -> str:
        return valid_email(address) if address else address


class ActivationIn(_Profile):
    """A new account, made with an activation link."""

    email: str = Field(max_length=320)
    password: str = Field(max_length=1024, repr=False)
    password_confirmation: str = Field(max_length=1024, repr=False)

    @field_validator("email")
    @classmethod
    def _valid(cls, address: str) -> str:
        return valid_email(address)


class RegistrationIn(ActivationIn):
    """A new account with the human check's solution and, if the person has one, an adhesion code."""

    altcha: str = Field(max_length=5_000, repr=False)
    code: str | None = Field(default=None, max_length=40, repr=False)


class RegisteredOut(ResponseModel):
    """The new account's id."""

    account_id: UUID


class AccountPatch(RequestModel):
    """Changes to one's profile; what is absent stays. The e-mail is the login and is not among them."""

    account_name: str | None = Field(default=None, min_length=1, max_length=120)
    purpose: Purpose | None = None
    civility: Civility | None = None
    first_name: str | None = Field(default=None, min_length=1, max_length=80)
    last_name: str | None = Field(default=None, min_length=1, max_length=80)
    notify_by: NotifyBy | None = None
    phone: str | None = Field(default=None, pattern=_PHONE)
    second_phone: str | None = Field(default=None, pattern=_PHONE)
    second_email: str | None = Field(default=None, max_length=320)

    @field_validator("second_email")
    @classmethod
    def _second_valid(cls, address: str | None) -> str | None:
        return valid_email(address) if address else address


class NewPasswordIn(RequestModel):
    """A new password, twice."""

    password: str = Field(max_length=1024, repr=False)
    password_confirmation: str = Field(max_length=1024, repr=False)


class PasswordChangeIn(NewPasswordIn):
    """A new password, and the one it replaces."""

    current_password: str = Field(min_length=1, max_length=1024, repr=False)


class PasswordResetIn(RequestModel):
    """Whose password was lost."""

    email: str = Field(min_length=1, max_length=320)


class MembershipOut(ResponseModel):
    """A family of the account, with what a person recognises it by."""

    commune_id: UUID
    commune_name: str
    commune_slug: str
    accent_colour: str
    family_id: UUID
    family_label: str
    guardian_id: UUID


class AccountOut(ResponseModel):
    """One's profile and families."""

    account_id: UUID
    account_name: str
    email: str
    email_confirmed_at: datetime | None
    purpose: Purpose
    civility: Civility
    first_name: str
    last_name: str
    notify_by: NotifyBy
    phone: str
    second_phone: str
    second_email: str
    memberships: list[MembershipOut]
