"""Signing in and staying signed in, over HTTP."""

from typing import Literal
from uuid import UUID

from pydantic import Field

from preau.common.http.schemas import RequestModel, ResponseModel

Subject = Literal["parent", "agent"]


class SignInIn(RequestModel):
    """Who signs in; ``commune_slug`` tells apart an agent of several communes."""

    email: str = Field(min_length=1, max_length=320)
    password: str = Field(min_length=1, max_length=1024)
    subject: Subject
    commune_slug: str | None = Field(default=None, max_length=63)


class RefreshIn(RequestModel):
    """The refresh token to exchange."""

    refresh_token: str = Field(min_length=1, max_length=200)


class SessionOut(ResponseModel):
    """A session's tokens. ``expires_in`` is the access token's life in seconds."""

    access_token: str
    expires_in: int
    refresh_token: str
    session_id: UUID
    subject: Subject
    display_name: str
