"""Every SQL statement about webhooks."""

import hashlib
from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import func
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from preau.common.ids import new_id
from preau.payments.webhooks.tables import Webhook


async def keep_webhook(
    session: AsyncSession, commune_id: UUID, payment_id: UUID, headers: Mapping[str, str], body: bytes
) -> None:
    """Keep a notification as it came; the same one delivered again is counted."""
    statement = insert(Webhook).values(
        webhook_id=new_id(),
        commune_id=commune_id,
        payment_id=payment_id,
        digest=hashlib.sha256(body).digest(),
        headers=dict(headers),
        body=body,
    )
    await session.execute(
        statement.on_conflict_do_update(
            index_elements=[Webhook.payment_id, Webhook.digest],
            set_={"deliveries": Webhook.deliveries + 1, "last_received_at": func.clock_timestamp()},
        )
    )
