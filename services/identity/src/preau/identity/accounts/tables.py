"""Accounts are a person's login, across communes: platform level, without tenant."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from preau.common.db.tables import given_instant, instant, optional_instant, uuid_pk
from preau.identity.database import Table


class Account(Table):
    """A parent's login. ``email_key`` is the e-mail as it is looked up."""

    __tablename__ = "account"

    account_id: Mapped[UUID] = uuid_pk()
    account_name: Mapped[str]
    email: Mapped[str]
    email_key: Mapped[str] = mapped_column(unique=True)
    email_confirmed_at: Mapped[datetime | None] = optional_instant()
    password_hash: Mapped[str]
    purpose: Mapped[str]
    civility: Mapped[str]
    first_name: Mapped[str]
    last_name: Mapped[str]
    notify_by: Mapped[str]
    phone: Mapped[str]
    second_phone: Mapped[str]
    second_email: Mapped[str]
    created_at: Mapped[datetime] = instant()


class AccountLink(Table):
    """A single-use link mailed to an account's owner; only its hash is kept."""

    __tablename__ = "account_link"

    token_hash: Mapped[str] = mapped_column(primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.account_id", ondelete="CASCADE"))
    purpose: Mapped[str]
    expires_at: Mapped[datetime] = given_instant()
    used_at: Mapped[datetime | None] = optional_instant()
