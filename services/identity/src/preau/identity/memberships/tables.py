"""The invitations to stand for a guardian."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from preau.common.db.tables import commune_column, given_instant, optional_instant, uuid_pk
from preau.identity.database import Table


class Invitation(Table):
    """An adhesion code and an activation link for one guardian, by their hashes: one use between the two."""

    __tablename__ = "invitation"

    invitation_id: Mapped[UUID] = uuid_pk()
    commune_id: Mapped[UUID] = commune_column()
    family_id: Mapped[UUID] = mapped_column(ForeignKey("family.family_id", ondelete="CASCADE"))
    guardian_id: Mapped[UUID] = mapped_column(
        ForeignKey("guardian.guardian_id", ondelete="CASCADE"), index=True
    )
    email: Mapped[str]
    code_hash: Mapped[str] = mapped_column(unique=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime] = given_instant()
    expires_at: Mapped[datetime] = given_instant()
    used_at: Mapped[datetime | None] = optional_instant()
    withdrawn_at: Mapped[datetime | None] = optional_instant()
