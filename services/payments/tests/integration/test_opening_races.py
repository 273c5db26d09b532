"""Many hands on one invoice: at most one live payment holds it."""

import asyncio
from collections import Counter

from preau.payments.payables import repository as payables
from preau.payments.payments import service


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
    answers = await fifty_clicks(town)
    assert Counter(answer.status_code for answer in answers) == {201: 50}
    assert len({answer.json()["payments"][0]["payment_id"] for answer in answers}) == 1
    assert len({answer.json()["payments"][0]["redirect_url"] for answer in answers}) == 1
    assert len(await live_payments(town)) == 1


async def test_without_the_lock_fifty_clicks_would_make_several_payments(town, monkeypatch):
    """The guard removed, the test above fails: what it guards is real."""
    from sqlalchemy import select

    async def unlocked(session, invoice_ids):
        found = await session.scalars(
            select(payables.Payable).where(payables.Payable.invoice_id.in_(invoice_ids))
        )
        await asyncio.sleep(0.3)
        return list(found)

    monkeypatch.setattr(service, "lock_payables", unlocked)
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
