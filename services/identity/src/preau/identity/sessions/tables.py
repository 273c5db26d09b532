"""Sign-ins, their refresh tokens, and the keys that sign access tokens: platform level."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from preau.common.db.tables import given_instant, instant, optional_instant, uuid_pk
from preau.identity.database import Table


class Session(Table):
    """One sign-in of a parent or an agent, until it expires or is revoked. ``commune_id`` is an agent's."""

    __tablename__ = "session"

    session_id: Mapped[UUID] = uuid_pk()
    subject: Mapped[str]
    subject_id: Mapped[UUID]
    commune_id: Mapped[UUID | None]
    created_at: Mapped[datetime] = instant()
    expires_at: Mapped[datetime] = given_instant()
    revoked_at: Mapped[datetime | None] = optional_instant()
    revoked_because: Mapped[str | None]


class RefreshToken(Table):
    """A refresh token, by its hash. ``rotated_at`` is when it was exchanged for its successor."""

    __tablename__ = "refresh_token"

    token_hash: Mapped[str] = mapped_column(primary_key=True)
    session_id: Mapped[UUID] = mapped_column(ForeignKey("session.session_id", ondelete="CASCADE"))
    issued_at: Mapped[datetime] = given_instant()
    rotated_at: Mapped[datetime | None] = optional_instant()


class SigningKey(Table):
    """An Ed25519 key. At most one is active (not retired); a retired one still verifies for a while."""

    __tablename__ = "signing_key"

    kid: Mapped[str] = mapped_column(primary_key=True)
    private_jwk: Mapped[dict[str, Any]] = mapped_column(JSONB)
    created_at: Mapped[datetime] = given_instant()
    retired_at: Mapped[datetime | None] = optional_instant()
