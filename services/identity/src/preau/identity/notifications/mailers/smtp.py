"""Mails over SMTP."""

from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any
from urllib.parse import unquote, urlsplit

import aiosmtplib

from preau.identity.notifications.mailers.protocol import Mail, MailDelayed, MailRefused

_TIMEOUT_SECONDS = 30
_PORTS = {"smtp": 25, "smtps": 465}


class SmtpMailer:
    """Hands each mail to a relay (``smtp://user:password@host:587`` or ``smtps://…``), from ``sender``."""

    def __init__(self, url: str, sender: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in _PORTS or not parts.hostname:
            raise ValueError("an SMTP address looks like smtp://user:password@host:587")
        self._sender = sender
        self._connection: dict[str, Any] = {
            "hostname": parts.hostname,
            "port": parts.port or _PORTS[parts.scheme],
            "use_tls": parts.scheme == "smtps",
            "username": unquote(parts.username) if parts.username else None,
            "password": unquote(parts.password) if parts.password else None,
            "timeout": _TIMEOUT_SECONDS,
        }

    async def send(self, mail: Mail) -> None:
        try:
            message = as_message(mail, self._sender)
        except ValueError as error:
            raise MailRefused("the address is not one") from error
        try:
            await aiosmtplib.send(
                message, sender=self._sender, recipients=[mail.recipient], **self._connection
            )
        except aiosmtplib.SMTPRecipientsRefused as error:
            raise _verdict(error.recipients[0].code) from error
        except aiosmtplib.SMTPResponseException as error:
            raise _verdict(error.code) from error
        except (aiosmtplib.SMTPException, OSError, TimeoutError) as error:
            raise MailDelayed(type(error).__name__) from error


def _verdict(code: int) -> Exception:
    """550–559 are about this mail and final; anything else (also a refused login) may pass later."""
    return MailRefused(f"SMTP {code}") if 550 <= code <= 559 else MailDelayed(f"SMTP {code}")


def as_message(mail: Mail, sender: str) -> EmailMessage:
    """The message on the wire. ``ValueError`` when an address or the subject would break a header."""
    message = EmailMessage(policy=SMTP)
    message["From"] = Address(mail.sender_name, addr_spec=sender)
    message["To"] = Address(addr_spec=mail.recipient)
    message["Subject"] = mail.subject
    message["Message-ID"] = f"<{mail.mail_id}@{sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.text)
    message.add_alternative(mail.html, subtype="html")
    return message
