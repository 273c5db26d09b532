"""Agents over HTTP."""

from typing import Literal
from uuid import UUID

from pydantic import Field, field_validator

from preau.common.auth.subjects import Role
from preau.common.http.schemas import RequestModel, ResponseModel
from preau.identity.communes.schemas import AgentCommuneOut
from preau.identity.credentials.domain import valid_email


class AgentOut(ResponseModel):
    """An agent of the commune."""

    agent_id: UUID
    email: str
    name: str
    roles: list[Role]
    status: Literal["active", "closed"]


class MeOut(AgentOut):
    """The agent who asks, and the commune they work for."""

    commune: AgentCommuneOut


class AgentsOut(ResponseModel):
    """Every agent of the commune."""

    items: list[AgentOut]


class ColleagueOut(ResponseModel):
    """An agent of the commune, as the others know them."""

    agent_id: UUID
    name: str


class ColleaguesOut(ResponseModel):
    """Every agent of the commune, also those whose access is closed: what they did stays."""

    items: list[ColleagueOut]


class AgentIn(RequestModel):
    """A new agent; the password is handed over by the administrator."""

    email: str = Field(max_length=320)
    name: str = Field(min_length=1, max_length=120)
    roles: list[Role] = Field(min_length=1, max_length=5)
    password: str = Field(max_length=1024)

    @field_validator("email")
    @classmethod
    def _valid(cls, address: str) -> str:
        return valid_email(address)


class AgentPatch(RequestModel):
    """Changes to an agent; what is absent stays."""

    name: str | None = Field(default=None, min_length=1, max_length=120)
    roles: list[Role] | None = Field(default=None, min_length=1, max_length=5)
    status: Literal["active", "closed"] | None = None


class AgentResetIn(RequestModel):
    """Whose password was lost; without ``commune_slug``, in every commune that the agent works for."""

    email: str = Field(min_length=1, max_length=320)
    commune_slug: str | None = Field(default=None, max_length=63)
