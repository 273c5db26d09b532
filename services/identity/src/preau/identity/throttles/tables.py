"""What was tried lately, by whom and from where: platform level, names nobody."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from preau.common.db.tables import given_instant, optional_instant
from preau.identity.database import Table


class Throttle(Table):
    """How often something failed lately, and until when it may not be tried again."""

    __tablename__ = "throttle"

    key: Mapped[str] = mapped_column(primary_key=True)
    failures: Mapped[int]
    last_tried_at: Mapped[datetime] = given_instant()
    blocked_until: Mapped[datetime | None] = optional_instant()


class TryBudget(Table):
    """A budget of tries. ``spent_until`` is when it will be whole again; one in the past is whole."""

    __tablename__ = "try_budget"

    key: Mapped[str] = mapped_column(primary_key=True)
    spent_until: Mapped[datetime] = given_instant()


class KnownNetwork(Table):
    """A network from which a login succeeded."""

    __tablename__ = "known_network"

    account_key: Mapped[str] = mapped_column(primary_key=True)
    network_key: Mapped[str] = mapped_column(primary_key=True)
    seen_at: Mapped[datetime] = given_instant()
