"""Agents decide what no rule can: another amount than asked, money to give back, invoices void meanwhile."""

import asyncio
from uuid import UUID

import pytest

from preau.common.ids import new_id
from preau.contracts.billing import InvoiceCancelledV1
from preau.contracts.payments import PaymentRefundedV1
from preau.payments.providers.protocols import ProviderUnavailable
from preau.payments.refunds import service
from preau.payments.refunds.execution import carry_out_due


def accountant(town):
    return town.service.agent(town.commune_id, "billing")


async def in_review(town, taken, *invoices):
    """A payment for which the bank took another amount."""
    payment = await town.start(*invoices)
    await town.execute(
        "UPDATE sandbox_transaction SET state = 'paid', paid_cents = :taken WHERE merchant_ref = :id",
        taken=taken,
        id=payment["payment_id"],
    )
    assert (await town.read(payment))["status"] == "review"
    return payment


async def decide(town, payment, decision):
    return await town.service.client.post(
        f"/agent/payments/{payment['payment_id']}/decision",
        json={"decision": decision, "reason": "vu avec la banque"},
        headers=accountant(town),
    )


async def test_a_short_amount_pays_the_first_invoices_and_leaves_the_rest_due(town):
    first, second = await town.issue(1000), await town.issue(500)
    payment = await in_review(town, 1200, first, second)
    assert (await decide(town, payment, "accept")).json()["status"] == "settled"
    (event,) = await town.settled()
    assert event.amount_cents == 1200
    assert [part.amount_cents for part in event.allocations] == [1000, 200]
    assert (await town.post_payment(first)).status_code == 409
    assert (await town.start(second))["amount_cents"] == 300


async def test_a_surplus_is_told_so_that_billing_makes_credit_of_it(town):
    payment = await in_review(town, 1500, await town.issue(1380))
    await decide(town, payment, "accept")
    (event,) = await town.settled()
    assert [part.amount_cents for part in event.allocations] == [1500]
    receipt = await town.service.client.get(
        f"{town.path}/{payment['payment_id']}/receipt", headers=town.parent
    )
    assert receipt.json()["amount_cents"] == 1500


async def test_a_rejected_amount_frees_the_invoice(town):
    invoice = await town.issue()
    payment = await in_review(town, 10, invoice)
    assert (await town.post_payment(invoice)).status_code == 409
    assert (await decide(town, payment, "reject")).json()["status"] == "cancelled"
    await town.start(invoice)


async def test_a_review_is_decided_once_and_by_the_regie_only(town):
    payment = await in_review(town, 10, await town.issue())
    stranger = town.service.agent(new_id(), "billing")
    hidden = await town.service.client.post(
        f"/agent/payments/{payment['payment_id']}/decision",
        json={"decision": "accept", "reason": "x"},
        headers=stranger,
    )
    assert hidden.status_code == 404
    answers = await asyncio.gather(*(decide(town, payment, "accept") for _ in range(20)))
    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 19
    assert len(await town.settled()) == 1


async def test_an_invoice_cancelled_meanwhile_closes_the_banks_page(town):
    invoice = await town.issue()
    payment = await town.start(invoice)
    await town.service.deliver(
        InvoiceCancelledV1(
            commune_id=town.commune_id,
            aggregate_id=invoice.invoice_id,
            aggregate_version=2,
            invoice=invoice,
        )
    )
    await town.until(payment, "cancelled")
    await town.at_bank(payment, "pay")  # too late: nothing is taken
    assert await town.settled() == []
    taken = await town.execute(
        "SELECT paid_cents FROM sandbox_transaction WHERE merchant_ref = :id", id=payment["payment_id"]
    )
    assert taken.scalar_one() == 0


async def paid(town):
    payment = await town.start(await town.issue())
    await town.at_bank(payment, "pay")
    await town.read(payment)
    return payment


async def refund(town, payment, key=None):
    return await town.service.client.post(
        f"/agent/payments/{payment['payment_id']}/refund",
        json={"reason": "payé deux fois"},
        headers={**accountant(town), "Idempotency-Key": key or str(new_id())},
    )


async def refunded(town):
    return [e for e in await town.service.emitted(PaymentRefundedV1) if e.commune_id == town.commune_id]


async def request_twenty(town, payment):
    """Twenty requests at once for the same refund: the refunds, or what went wrong."""

    async def request():
        async with town.service.database.transaction(town.commune_id) as session:
            payment_id = UUID(payment["payment_id"])
            made = await service.request_refund(session, payment_id, new_id(), "payé deux fois")
            return made.refund_id

    return await asyncio.gather(*(request() for _ in range(20)), return_exceptions=True)


async def test_twenty_requests_are_one_refund(town):
    assert len(set(await request_twenty(town, await paid(town)))) == 1


async def test_without_the_lock_the_twenty_collide(town, unlocked, monkeypatch):
    """The guard removed, the test above fails: what it guards is real."""
    payment = await paid(town)
    monkeypatch.setattr(service, "payment_to_change", unlocked)
    assert len(set(await request_twenty(town, payment))) > 1


async def test_a_settled_payment_is_given_back_once(town):
    payment = await paid(town)
    answers = await asyncio.gather(*(refund(town, payment) for _ in range(10)))
    assert {answer.status_code for answer in answers} == {201}
    (event,) = await refunded(town)
    assert event.amount_cents == 1380
    given = await town.execute(
        "SELECT sum(r.amount_cents) FROM sandbox_refund r JOIN sandbox_transaction USING (transaction_ref)"
        " WHERE merchant_ref = :id",
        id=payment["payment_id"],
    )
    assert given.scalar_one() == 1380
    assert (await town.read(payment))["status"] == "refunded"


async def test_what_was_not_settled_is_not_given_back(town):
    payment = await town.start(await town.issue())
    answer = await refund(town, payment)
    assert answer.status_code == 409
    assert answer.json()["type"].endswith("/not-refundable")


async def test_a_refund_that_the_bank_denies_is_said(town):
    payment = await paid(town)
    await town.execute("UPDATE sandbox_transaction SET paid_cents = 0")
    assert (await refund(town, payment)).status_code == 409
    assert (await town.read(payment))["status"] == "settled"


async def test_a_refund_goes_on_when_the_provider_is_back(town, monkeypatch):
    payment = await paid(town)
    calls = town.service.app.state.provider_calls
    sandbox = calls.providers.named("sandbox")

    class Away(type(sandbox)):
        async def refund(self, agreement, provider_ref, refund_id, amount_cents):
            raise ProviderUnavailable("away")

    monkeypatch.setattr(sandbox, "__class__", Away)
    assert (await refund(town, payment)).json()["status"] == "requested"
    monkeypatch.undo()
    await town.execute("UPDATE refund SET next_attempt_at = now()")
    await carry_out_due(town.service.database, calls)
    assert len(await refunded(town)) == 1


@pytest.mark.parametrize("role", ["attendance", "reservations", "requests"])
async def test_only_the_regie_gives_back(town, role):
    answer = await town.service.client.post(
        f"/agent/payments/{new_id()}/refund",
        json={"reason": "x"},
        headers={**town.service.agent(town.commune_id, role), "Idempotency-Key": "k"},
    )
    assert answer.status_code == 403
