"""Writing mails to send, in the transaction of what they are about."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from preau.common.ids import new_id
from preau.identity.communes.tables import Commune
from preau.identity.notifications import repository
from preau.identity.notifications.domain import Kind, Recipient, one_line
from preau.identity.notifications.rendering import render

PLATFORM_NAME = "Préau"


async def queue(
    session: AsyncSession,
    kind: Kind,
    recipients: Sequence[Recipient],
    facts: Mapping[str, Any],
    *,
    now: datetime,
    commune: Commune | None = None,
    family_id: UUID | None = None,
) -> None:
    """Render a mail for each recipient and write it down to be sent, by the commune or the platform."""
    await repository.add(
        session,
        [
            _row(kind, recipient, facts, now=now, commune=commune, family_id=family_id)
            for recipient in recipients
        ],
    )


def _row(
    kind: Kind,
    recipient: Recipient,
    facts: Mapping[str, Any],
    *,
    now: datetime,
    commune: Commune | None,
    family_id: UUID | None,
) -> dict[str, Any]:
    sender = one_line(commune.name) if commune else PLATFORM_NAME
    mail = render(
        kind,
        {
            "first_name": recipient.first_name,
            "commune_name": sender,
            "accent_colour": commune.accent_colour if commune else "#1f5fa8",
            "time_zone": commune.time_zone if commune else "Europe/Paris",
            "contact_email": commune.contact_email if commune else "",
            "contact_phone": commune.contact_phone if commune else "",
            **facts,
        },
    )
    return {
        "notification_id": new_id(),
        "commune_id": commune.commune_id if commune else None,
        "family_id": family_id,
        "kind": kind.name,
        "sender_name": sender,
        "recipient": one_line(recipient.email),
        "subject": mail.subject,
        "text": mail.text,
        "html": mail.html,
        "holds_secret": kind.holds_secret,
        "status": "pending",
        "attempts": 0,
        "next_attempt_at": now,
        "created_at": now,
    }
