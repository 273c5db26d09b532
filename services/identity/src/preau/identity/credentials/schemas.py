"""Passwords over HTTP."""

from pydantic import Field

from preau.common.http.schemas import RequestModel


class NewPasswordIn(RequestModel):
    """A new password, twice."""

    password: str = Field(max_length=1024, repr=False)
    password_confirmation: str = Field(max_length=1024, repr=False)
