"""Agents decide what no rule can: another amount than asked, money to give back, invoices void meanwhile."""

import asyncio

from preau.common.ids import new_id
from preau.contracts.billing import InvoiceCancelledV1, RefundOrderedV1
from preau.contracts.payments import PaymentRefundedV1, RefundDeniedV1
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


def order_of(town, payment, cents=1380):
    """Billing orders a refund."""
    return RefundOrderedV1(
        commune_id=town.commune_id,
        aggregate_id=new_id(),
        payment_id=payment["payment_id"],
        amount_cents=cents,
        reason="payé deux fois",
    )


async def refund(town, payment, cents=1380):
    ordered = order_of(town, payment, cents)
    await town.service.deliver(ordered)
    await carry_out_due(town.service.database, town.service.app.state.provider_calls)
    return ordered


async def refunded(town):
    return [e for e in await town.service.emitted(PaymentRefundedV1) if e.commune_id == town.commune_id]


async def denied(town):
    return [e for e in await town.service.emitted(RefundDeniedV1) if e.commune_id == town.commune_id]


async def until_refunded(town, payment):
    await town.eventually(
        "SELECT NOT EXISTS (SELECT FROM refund WHERE payment_id = :id AND status = 'requested')",
        id=payment["payment_id"],
    )


async def given_by_bank(town, payment):
    given = await town.execute(
        "SELECT coalesce(sum(r.amount_cents), 0) FROM sandbox_refund r"
        " JOIN sandbox_transaction USING (transaction_ref) WHERE merchant_ref = :id",
        id=payment["payment_id"],
    )
    return given.scalar_one()


async def test_a_settled_payment_is_given_back_once(town):
    """However often the order comes: twenty at once, each a message of its own."""
    payment = await paid(town)
    ordered = order_of(town, payment)
    await asyncio.gather(*(town.service.deliver(ordered) for _ in range(20)))
    await until_refunded(town, payment)
    (event,) = await refunded(town)
    assert (event.amount_cents, event.refund_id) == (1380, ordered.aggregate_id)
    assert await given_by_bank(town, payment) == 1380
    assert (await town.read(payment))["status"] == "refunded"
    await town.service.deliver(ordered)
    assert len(await refunded(town)) == 1


async def test_a_part_is_given_back_and_the_rest_later(town):
    payment = await paid(town)
    await refund(town, payment, 380)
    await until_refunded(town, payment)
    assert (await town.read(payment))["status"] == "settled"
    await refund(town, payment, 1000)
    await until_refunded(town, payment)
    assert (await town.read(payment))["status"] == "refunded"
    assert [event.amount_cents for event in await refunded(town)] == [380, 1000]


async def test_more_than_was_taken_is_denied(town):
    """Guard: what is under way counts, under the payment's lock."""
    payment = await paid(town)
    orders = [order_of(town, payment, 1000) for _ in range(10)]
    await asyncio.gather(*(town.service.deliver(ordered) for ordered in orders))
    await until_refunded(town, payment)
    assert await given_by_bank(town, payment) == 1000
    assert (len(await refunded(town)), len(await denied(town))) == (1, 9)


async def test_without_the_lock_more_would_be_given_than_was_taken(town, unlocked, monkeypatch):
    """The guard removed, the test above fails: what it guards is real."""
    payment = await paid(town)
    monkeypatch.setattr(service, "payment_to_change", unlocked)
    orders = [order_of(town, payment, 1000) for _ in range(10)]
    await asyncio.gather(*(town.service.deliver(ordered) for ordered in orders))
    taken = await town.execute("SELECT count(*) FROM refund WHERE payment_id = :id", id=payment["payment_id"])
    assert taken.scalar_one() > 1


async def test_what_was_not_settled_is_not_given_back(town):
    payment = await town.start(await town.issue())
    ordered = await refund(town, payment)
    unknown = await refund(town, {"payment_id": new_id()})
    assert {event.aggregate_id for event in await denied(town)} == {
        ordered.aggregate_id,
        unknown.aggregate_id,
    }


async def test_a_refund_that_the_bank_denies_is_said(town):
    payment = await paid(town)
    await town.execute("UPDATE sandbox_transaction SET paid_cents = 0")
    ordered = await refund(town, payment)
    await until_refunded(town, payment)
    (event,) = await denied(town)
    assert event.aggregate_id == ordered.aggregate_id and event.reason
    assert (await town.read(payment))["status"] == "settled"


async def test_a_refund_goes_on_when_the_provider_is_back(town, monkeypatch):
    payment = await paid(town)
    calls = town.service.app.state.provider_calls
    sandbox = calls.providers.named("sandbox")

    class Away(type(sandbox)):
        async def refund(self, agreement, provider_ref, refund_id, amount_cents):
            raise ProviderUnavailable("away")

    monkeypatch.setattr(sandbox, "__class__", Away)
    await refund(town, payment)
    assert await refunded(town) == []
    monkeypatch.undo()
    await town.execute("UPDATE refund SET next_attempt_at = now()")
    await carry_out_due(town.service.database, calls)
    await until_refunded(town, payment)
    assert len(await refunded(town)) == 1
