"""New accounts over HTTP."""

from uuid import UUID

from pydantic import Field, field_validator

from preau.common.http.schemas import ResponseModel
from preau.identity.accounts.schemas import ProfileIn
from preau.identity.credentials.domain import valid_email


class ActivationIn(ProfileIn):
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
