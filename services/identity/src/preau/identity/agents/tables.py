"""The agents of a commune and what they may do."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from preau.common.db.tables import commune_column, given_instant, instant, optional_instant, uuid_pk
from preau.identity.database import Table


class Agent(Table):
    """An agent of one commune: the same person in two communes is two agents."""

    __tablename__ = "agent"
    __table_args__ = (UniqueConstraint("commune_id", "email_key"),)

    agent_id: Mapped[UUID] = uuid_pk()
    commune_id: Mapped[UUID] = commune_column()
    email: Mapped[str]
    email_key: Mapped[str]
    name: Mapped[str]
    roles: Mapped[list[str]] = mapped_column(ARRAY(Text))
    password_hash: Mapped[str]
    status: Mapped[str]
    created_at: Mapped[datetime] = instant()


class AgentLink(Table):
    """A single-use link to choose a new password, mailed to an agent; only its hash is kept."""

    __tablename__ = "agent_link"

    token_hash: Mapped[str] = mapped_column(primary_key=True)
    commune_id: Mapped[UUID] = commune_column()
    agent_id: Mapped[UUID] = mapped_column(ForeignKey("agent.agent_id", ondelete="CASCADE"))
    expires_at: Mapped[datetime] = given_instant()
    used_at: Mapped[datetime | None] = optional_instant()
