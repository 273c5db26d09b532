"""Mails that somebody asked for who must not learn whether there is anyone to write to."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped

from preau.common.db.tables import instant, uuid_pk
from preau.identity.database import Table


class MailRequest(Table):
    """Written down in the same way for an address that is known and one that is not; gone once it is seen to.

    ``account_id`` is the account that the request would have made, ``family_id`` the family that it joined.
    """

    __tablename__ = "mail_request"

    mail_request_id: Mapped[UUID] = uuid_pk()
    kind: Mapped[str]
    email_key: Mapped[str]
    commune_slug: Mapped[str | None]
    account_id: Mapped[UUID | None]
    family_id: Mapped[UUID | None]
    asked_at: Mapped[datetime] = instant()
