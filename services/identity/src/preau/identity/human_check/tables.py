"""Human checks that were used, and the secret that signs them: platform level, without tenant."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from preau.common.db.tables import given_instant
from preau.identity.database import Table


class SpentChallenge(Table):
    """A human check that was used; kept until it would have expired anyway."""

    __tablename__ = "spent_challenge"

    signature: Mapped[str] = mapped_column(primary_key=True)
    expires_at: Mapped[datetime] = given_instant()


class PlatformSecret(Table):
    """A random secret that the replicas of the service share."""

    __tablename__ = "platform_secret"

    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]
