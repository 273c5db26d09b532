"""The mails to send, written in the transaction of what they are about, and the sandbox's mailbox."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from preau.common.db.tables import given_instant, instant, optional_instant, uuid_pk
from preau.identity.database import Table


class Notification(Table):
    """One mail to one person. ``commune_id`` is null for what concerns the account alone.

    ``holds_secret`` marks a mail with a link or a code: its body is forgotten once it is sent.
    """

    __tablename__ = "notification"

    notification_id: Mapped[UUID] = uuid_pk()
    commune_id: Mapped[UUID | None]
    family_id: Mapped[UUID | None]
    kind: Mapped[str]
    sender_name: Mapped[str]
    recipient: Mapped[str]
    subject: Mapped[str]
    text: Mapped[str]
    html: Mapped[str]
    holds_secret: Mapped[bool]
    status: Mapped[str]
    attempts: Mapped[int]
    next_attempt_at: Mapped[datetime] = instant()
    created_at: Mapped[datetime] = instant()
    sent_at: Mapped[datetime | None] = optional_instant()
    last_error: Mapped[str | None]


class SandboxMail(Table):
    """A mail that the sandbox mailer took: development only."""

    __tablename__ = "sandbox_mail"

    mail_id: Mapped[UUID] = mapped_column(primary_key=True)
    recipient: Mapped[str]
    subject: Mapped[str]
    text: Mapped[str]
    html: Mapped[str]
    sent_at: Mapped[datetime] = given_instant()
