"""Which provider collects for a régie."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from preau.common.db.tables import instant
from preau.payments.database import Table


class RegieAgreement(Table):
    """A régie's agreement with its provider.

    The key holds the commune, so that nobody can claim another's régie.
    """

    __tablename__ = "regie_contract"

    commune_id: Mapped[UUID] = mapped_column(primary_key=True)
    regie_id: Mapped[UUID] = mapped_column(primary_key=True)
    provider: Mapped[str]
    options: Mapped[dict[str, str]] = mapped_column(JSONB, default=dict)
    updated_at: Mapped[datetime] = instant()
