"""Who moves a request or writes about it."""

from typing import Literal, NamedTuple
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from preau.common.http.permissions import AgentCaller, FamilyCaller
from preau.requests.copies.repository import find_family


class Actor(NamedTuple):
    """A parent (``id`` of the account) or an agent, with the name that the others read."""

    kind: Literal["family", "agent"]
    id: UUID
    name: str


async def family_actor(session: AsyncSession, family: FamilyCaller) -> Actor:
    """The parent, named as the commune's record names them."""
    copy = await find_family(session, family.family_id)
    for guardian in copy.guardians if copy else ():
        if guardian["guardian_id"] == str(family.guardian_id):
            return Actor("family", family.account_id, f"{guardian['first_name']} {guardian['last_name']}")
    return Actor("family", family.account_id, copy.label if copy else "Famille")


def agent_actor(agent: AgentCaller) -> Actor:
    """The agent, by the name in their token."""
    return Actor("agent", agent.agent_id, agent.name)
