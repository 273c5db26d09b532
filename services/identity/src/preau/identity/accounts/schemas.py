"""Accounts over HTTP."""

from typing import Literal

from pydantic import Field, field_validator

from preau.common.http.schemas import RequestModel
from preau.common.http.texts import Phone
from preau.identity.credentials.domain import valid_email
from preau.identity.credentials.schemas import NewPasswordIn

Purpose = Literal["personal", "organisation"]
Civility = Literal["", "mme", "m"]
NotifyBy = Literal["email", "sms", "none"]


class ProfileIn(RequestModel):
    """What a person says of themselves."""

    account_name: str = Field(min_length=1, max_length=120)
    purpose: Purpose = "personal"
    civility: Civility = ""
    first_name: str = Field(min_length=1, max_length=80)
    last_name: str = Field(min_length=1, max_length=80)
    notify_by: NotifyBy = "email"
    phone: Phone = ""
    second_phone: Phone = ""
    second_email: str = Field(default="", max_length=320)

    @field_validator("second_email")
    @classmethod
    def _second_valid(cls, address: str) -> str:
        return valid_email(address) if address else address


class PasswordChangeIn(NewPasswordIn):
    """A new password, and the one it replaces."""

    current_password: str = Field(min_length=1, max_length=1024, repr=False)


class PasswordResetIn(RequestModel):
    """Whose password was lost."""

    email: str = Field(min_length=1, max_length=320)
