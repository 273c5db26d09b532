"""A prepaid Wednesday: invoiced at once, paid or given up, and money that comes too late."""

import asyncio
from datetime import date

from preau.billing import demo
from preau.common.ids import new_id
from preau.common.messaging.broker import Outcome
from preau.contracts.billing import InvoiceCancelledV1, InvoiceIssuedV1, InvoiceSettledV1
from preau.contracts.payments import Allocation, PaymentRefundedV1

WEDNESDAY = date(2026, 3, 4)


async def ordered(town, *, days=(WEDNESDAY,)):
    family = await town.household("Martin")
    bookings = [town.booking(family, day, activity=town.MERCREDI, status="awaiting_payment") for day in days]
    return family, await town.order(family, *bookings, prepaid=True)


async def credits(town) -> list[dict]:
    return (await town.service.client.get("/agent/credits", headers=town.agent)).json()["items"]


async def test_paid_in_time(town):
    family, order = await ordered(town, days=(WEDNESDAY, date(2026, 3, 11)))
    (event,) = await town.service.emitted(InvoiceIssuedV1)
    (facts,) = event.invoices
    assert (facts.kind, facts.total_cents, facts.order_id) == ("prepaid", 1500, order.aggregate_id)
    assert facts.due_date == facts.issued_on
    await town.pay(facts.invoice_id, 1500, family)
    (settled,) = await town.service.emitted(InvoiceSettledV1)
    assert settled.invoice.order_id == order.aggregate_id
    await town.close(order, "confirmed")
    (invoice,) = await town.invoices(family)
    assert (invoice["status"], invoice["due_cents"]) == ("paid", 0)
    assert await town.invoices(family, "open") == []
    assert await credits(town) == []
    # The month's run does not bill the paid day again.
    run = await town.begin_run(regie_id=str(demo.LEISURE))
    await town.compute()
    url = f"/agent/runs/{run.json()['run_id']}"
    computed = (await town.service.client.get(url, headers=town.agent)).json()
    assert (computed["status"], computed["families"]) == ("computed", 0)


async def test_an_order_delivered_twice_is_invoiced_once(town):
    family, order = await ordered(town)
    await asyncio.gather(*(town.service.deliver(order) for _ in range(5)))
    assert len(await town.invoices(family)) == 1


async def test_given_up(town):
    family, order = await ordered(town)
    await town.close(order, "expired")
    (cancelled,) = await town.service.emitted(InvoiceCancelledV1)
    assert cancelled.credit_note_number.endswith("000002")
    note, invoice = await town.invoices(family)
    assert (invoice["status"], note["kind"], note["total_cents"]) == ("cancelled", "credit_note", -750)
    assert (note["due_cents"], invoice["due_cents"]) == (0, 0)
    # The bank says yes after all: nothing is dropped.
    await town.pay(cancelled.invoice.invoice_id, 750, family)
    (credit,) = await credits(town)
    assert (credit["amount_cents"], credit["reason"]) == (750, "payment_too_much")
    assert "annulée" in credit["message"]
    assert await town.service.emitted(InvoiceSettledV1) == []


async def test_expired_although_paid(town):
    family, order = await ordered(town)
    await town.pay(await town.prepaid_invoice(order), 750, family)
    await town.close(order, "expired")
    (credit,) = await credits(town)
    assert (credit["amount_cents"], credit["reason"]) == (750, "invoice_cancelled")
    handled = await town.service.client.post(
        f"/agent/credits/{credit['credit_id']}/handling",
        headers=town.agent,
        json={"note": "Virement du 2 avril"},
    )
    assert handled.json()["status"] == "handled", handled.text
    assert await credits(town) == []


async def test_the_end_told_before_the_beginning(town):
    family = await town.household("Martin")
    booking = town.booking(family, WEDNESDAY, activity=town.MERCREDI, status="awaiting_payment")
    order = await town.order(family, booking)  # as confirmed: only to have an event
    late = order.model_copy(update={"aggregate_id": new_id(), "status": "awaiting_payment"})
    await town.close(late, "expired")
    await town.service.deliver(late)
    assert await town.invoices(family) == []


async def test_an_order_waits_for_its_family(town):
    family = await town.household("Martin")
    booking = town.booking(family, WEDNESDAY, activity=town.MERCREDI, status="awaiting_payment")
    order = await town.order(family, booking)
    unknown = order.model_copy(
        update={"aggregate_id": new_id(), "family_id": new_id(), "status": "awaiting_payment"}
    )
    (answer,) = await town.service.hand_over(unknown)
    assert answer.outcome is Outcome.RETRY and answer.reason.startswith("NotYet")


async def test_fifty_notices_of_one_payment_count_once(town):
    family, order = await ordered(town)
    invoice_id, payment_id = await town.prepaid_invoice(order), new_id()
    await asyncio.gather(*(town.pay(invoice_id, 750, family, payment_id=payment_id) for _ in range(50)))
    (invoice,) = await town.invoices(family)
    assert (invoice["paid_cents"], invoice["status"]) == (750, "paid")
    assert await credits(town) == []


async def test_two_tabs_paying_leave_a_credit_that_a_refund_closes(town):
    family, order = await ordered(town)
    invoice_id = await town.prepaid_invoice(order)
    _, second = await asyncio.gather(*(town.pay(invoice_id, 750, family) for _ in range(2)))
    (invoice,) = await town.invoices(family)
    assert invoice["paid_cents"] == 750
    (credit,) = await credits(town)
    assert (credit["amount_cents"], credit["reason"]) == (750, "payment_too_much")
    await town.service.deliver(
        PaymentRefundedV1(
            commune_id=demo.JOLIEVILLE,
            aggregate_id=credit["payment_id"],
            regie_id=demo.LEISURE,
            family_id=family.family_id,
            amount_cents=750,
            provider="sandbox",
            provider_reference="r",
            refunded_at=second.settled_at,
            allocations=(Allocation(invoice_id=invoice_id, invoice_number="n", amount_cents=750),),
        )
    )
    assert await credits(town) == []


async def test_parts_are_added_up(town):
    family, order = await ordered(town)
    invoice_id = await town.prepaid_invoice(order)
    await town.pay(invoice_id, 300, family)
    assert [i["status"] for i in await town.invoices(family, "open")] == ["partly_paid"]
    await town.pay(invoice_id, 500, family)
    (invoice,) = await town.invoices(family)
    assert (invoice["status"], invoice["paid_cents"]) == ("paid", 750)
    assert [credit["amount_cents"] for credit in await credits(town)] == [50]


async def test_a_paid_day_cancelled_in_time_is_given_back_by_the_next_run(town):
    family, order = await ordered(town)
    await town.pay(await town.prepaid_invoice(order), 750, family)
    await town.close(order, "confirmed")
    confirmed = order.bookings[0].model_copy(update={"booking_version": 2, "status": "confirmed"})
    await town.change(confirmed, "cancelled")
    await town.service.forget_emitted()
    run = (await town.begin_run(regie_id=str(demo.LEISURE))).json()
    await town.compute()
    assert (await town.issue(run["run_id"])).status_code == 200
    (credit,) = await credits(town)
    assert (credit["amount_cents"], credit["reason"]) == (750, "run_balance")
