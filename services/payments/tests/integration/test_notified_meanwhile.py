"""A notification that comes while the provider's last answer is being written down."""

import asyncio
from datetime import timedelta
from uuid import UUID

from preau.common.db.clock import database_now
from preau.payments.payments.repository import payment_to_change
from preau.payments.payments.transitions import conclude
from preau.payments.providers.protocols import Answer
from preau.payments.providers.sandbox.adapter import SIGNATURE_HEADER, notification_body, signature
from preau.testing.lock_waits import lock_waits

SECRET = "banque d’essai: aucun argent réel"


async def notify(town, payment):
    body = notification_body((await town.row(payment))["provider_ref"])
    return await town.service.client.post(
        f"/hooks/sandbox/{payment['regie_id']}",
        content=body,
        headers={SIGNATURE_HEADER: signature(SECRET, body)},
    )


async def test_its_wish_to_be_asked_about_is_not_overwritten(town_with):
    """Guard: the payment's row lock in ``payment_to_change``; the payables do not hold the bank off."""
    town = await town_with(sandbox_notification_copies=0, recheck_pause=timedelta(hours=1))
    payment = await town.start(await town.issue())
    schedule = town.service.app.state.provider_calls.schedule
    async with lock_waits(town.service.database) as waits:
        async with town.service.database.transaction(town.commune_id) as session:
            held = await payment_to_change(session, UUID(payment["payment_id"]))
            notified = asyncio.create_task(notify(town, payment))
            await waits.until()
            held.next_check_at = None
            await conclude(session, held, Answer("open"), await database_now(session), schedule)
            assert held.next_check_at is not None
        assert (await notified).status_code == 204
    asked_soon = await town.execute(
        "SELECT next_check_at <= clock_timestamp() FROM payment WHERE payment_id = :id",
        id=payment["payment_id"],
    )
    assert asked_soon.scalar_one()
