"""What a mailer does. Two of them: SMTP, and its sandbox twin."""

from typing import NamedTuple, Protocol
from uuid import UUID


class Mail(NamedTuple):
    """A mail to one person; ``mail_id`` stays the same when it is sent again."""

    mail_id: UUID
    sender_name: str
    recipient: str
    subject: str
    text: str
    html: str


class MailRefused(Exception):
    """The mail will never be taken (no such mailbox): there is no use in trying again."""


class MailDelayed(Exception):
    """The mail was not taken this time."""


class Mailer(Protocol):
    """Sends mails. ``send`` raises ``MailRefused`` or ``MailDelayed``."""

    async def send(self, mail: Mail) -> None: ...
