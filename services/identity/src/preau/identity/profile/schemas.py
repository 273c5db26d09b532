"""One's profile over HTTP."""

from datetime import datetime
from uuid import UUID

from pydantic import Field, field_validator

from preau.common.http.schemas import RequestModel, ResponseModel
from preau.common.http.texts import Phone
from preau.identity.accounts.schemas import Civility, NotifyBy, Purpose
from preau.identity.credentials.domain import valid_email
from preau.identity.memberships.schemas import MembershipOut


class AccountPatch(RequestModel):
    """Changes to one's profile; what is absent stays. The e-mail is the login and is not among them."""

    account_name: str | None = Field(default=None, min_length=1, max_length=120)
    purpose: Purpose | None = None
    civility: Civility | None = None
    first_name: str | None = Field(default=None, min_length=1, max_length=80)
    last_name: str | None = Field(default=None, min_length=1, max_length=80)
    notify_by: NotifyBy | None = None
    phone: Phone | None = None
    second_phone: Phone | None = None
    second_email: str | None = Field(default=None, max_length=320)

    @field_validator("second_email")
    @classmethod
    def _second_valid(cls, address: str | None) -> str | None:
        return valid_email(address) if address else address


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
