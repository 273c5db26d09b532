"""The agents of a commune and what they may do."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from preau.common.db.tables import commune_column, instant, uuid_pk
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
