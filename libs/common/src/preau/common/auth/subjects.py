"""Who speaks: a parent, an agent, an operator."""

from dataclasses import dataclass
from typing import Literal, get_args
from uuid import UUID

Role = Literal["admin", "reservations", "attendance", "billing", "requests"]
"""What an agent may do; ``admin`` may do everything in the commune."""

ROLES: tuple[str, ...] = get_args(Role)


@dataclass(frozen=True, slots=True)
class Membership:
    """The link of an account to a guardian of a family in a commune."""

    commune_id: UUID
    family_id: UUID
    guardian_id: UUID


@dataclass(frozen=True, slots=True)
class Parent:
    """A signed-in account with its memberships."""

    account_id: UUID
    session_id: UUID
    memberships: tuple[Membership, ...]

    def membership(self, family_id: UUID) -> Membership | None:
        return next((found for found in self.memberships if found.family_id == family_id), None)


@dataclass(frozen=True, slots=True)
class Agent:
    """A signed-in agent of one commune."""

    agent_id: UUID
    session_id: UUID
    commune_id: UUID
    roles: frozenset[str]
    name: str = ""

    def may(self, roles: frozenset[str]) -> bool:
        return "admin" in self.roles or bool(self.roles & roles)


Subject = Parent | Agent
