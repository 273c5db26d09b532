"""Many hands on one invoice: at most one live payment holds it."""

import asyncio
from collections import Counter

from sqlalchemy import select

from preau.payments.payables.tables import Payable
from preau.payments.payments import repository, service


async def live_payments(town):
    found = await town.execute(
        "SELECT payment_id, status FROM payment WHERE family_id = :family AND status IN"
        " ('created', 'redirected', 'pending', 'review')",
        family=town.family_id,
    )
    return found.all()


async def fifty_clicks(town):
    """Fifty clicks with a key each on one invoice: the answers."""
    invoice = await town.issue()
    return await asyncio.gather(*(town.post_payment(invoice) for _ in range(50)))


async def test_fifty_clicks_lead_to_one_payment(town):
    """On a slow machine the last of them wait longer for the lock than anybody may: 503, nothing done."""
    answers = await fifty_clicks(town)
    assert {answer.status_code for answer in answers} <= {201, 503}
    opened = [answer.json()["payments"][0] for answer in answers if answer.status_code == 201]
    assert len({(payment["payment_id"], payment["redirect_url"]) for payment in opened}) == 1
    assert len(await live_payments(town)) == 1


async def test_without_the_lock_fifty_clicks_would_make_several_payments(town, all_have_read, monkeypatch):
    """The guard removed, the test above fails: what it guards is real."""

    async def unlocked(session, invoice_ids):
        return list(await session.scalars(select(Payable).where(Payable.invoice_id.in_(invoice_ids))))

    async def read_before_anyone_writes(session, invoice_ids):
        found = await repository.live_payments_on(session, invoice_ids)
        await all_have_read()
        return found

    monkeypatch.setattr(service, "lock_payables", unlocked)
    monkeypatch.setattr(service, "live_payments_on", read_before_anyone_writes)
    await fifty_clicks(town)
    assert len(await live_payments(town)) > 1


async def test_overlapping_selections_never_hold_an_invoice_twice(town):
    invoices = [await town.issue() for _ in range(4)]
    selections = [invoices[:2], invoices[1:3], invoices[2:], invoices[::-1]] * 5
    answers = await asyncio.gather(*(town.post_payment(*selection) for selection in selections))
    assert {answer.status_code for answer in answers} <= {201, 409}
    held = await town.execute(
        "SELECT invoice_id FROM payment_allocation JOIN payment USING (payment_id)"
        " WHERE family_id = :family AND status IN ('created', 'redirected', 'pending', 'review')",
        family=town.family_id,
    )
    counted = Counter(held.scalars())
    assert counted and set(counted.values()) == {1}
