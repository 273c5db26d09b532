"""A prepaid Wednesday: invoiced at once, paid or given up, and money that comes too late."""

import asyncio
from datetime import date

from preau.billing import demo
from preau.common.ids import new_id
from preau.common.messaging.broker import Outcome
from preau.contracts.billing import (
    InvoiceCancelledV1,
    InvoiceDueChangedV1,
    InvoiceIssuedV1,
    InvoiceSettledV1,
)
from preau.contracts.reservations import ActivityUpdatedV1

WEDNESDAY = date(2026, 3, 4)


async def ordered(town, *, days=(WEDNESDAY,)):
    family = await town.household("Martin")
    bookings = [town.booking(family, day, activity=town.MERCREDI, status="awaiting_payment") for day in days]
    return family, await town.order(family, *bookings, prepaid=True)


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
    assert await town.credits() == []
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
    (credit,) = await town.credits()
    assert credit["credit_cents"] == 750 and "annulée" in credit["why"]
    assert await town.service.emitted(InvoiceSettledV1) == []


async def test_expired_although_paid(town):
    family, order = await ordered(town)
    await town.pay(await town.prepaid_invoice(order), 750, family)
    await town.close(order, "expired")
    (credit,) = await town.credits()
    assert (credit["credit_cents"], credit["why"]) == (750, "délai de paiement dépassé")
    assert (await town.give_credit_back(751)).status_code == 409
    given = await town.give_credit_back(750)
    assert given.json()["credit_cents"] == 0, given.text
    assert await town.credits() == []


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
    assert await town.credits() == []


async def test_two_tabs_paying_leave_a_credit_that_a_refund_closes(town):
    family, order = await ordered(town)
    invoice_id = await town.prepaid_invoice(order)
    _, second = await asyncio.gather(*(town.pay(invoice_id, 750, family) for _ in range(2)))
    (invoice,) = await town.invoices(family)
    assert invoice["paid_cents"] == 750
    (credit,) = await town.credits()
    assert credit["credit_cents"] == 750 and "déjà payée" in credit["why"]
    assert (await town.refund(second.aggregate_id)).status_code == 201
    assert await town.credits() == []


async def test_parts_are_added_up(town):
    family, order = await ordered(town)
    invoice_id = await town.prepaid_invoice(order)
    await town.pay(invoice_id, 300, family)
    assert [i["status"] for i in await town.invoices(family, "open")] == ["partly_paid"]
    await town.pay(invoice_id, 500, family)
    (invoice,) = await town.invoices(family)
    assert (invoice["status"], invoice["paid_cents"]) == ("paid", 750)
    assert [credit["credit_cents"] for credit in await town.credits()] == [50]


async def test_a_paid_day_cancelled_in_time_is_given_back_at_once(town):
    family, order = await ordered(town, days=(WEDNESDAY, date(2026, 3, 11)))
    await town.pay(await town.prepaid_invoice(order), 1500, family)
    await town.close(order, "confirmed")
    confirmed = order.bookings[0].model_copy(update={"booking_version": 2, "status": "confirmed"})
    await town.service.forget_emitted()
    cancelled = await town.change(confirmed, "cancelled")
    note, invoice = await town.invoices(family)
    assert (note["kind"], note["total_cents"], note["due_cents"]) == ("credit_note", -750, 0)
    assert (note["corrects_invoice_id"], invoice["status"]) == (invoice["invoice_id"], "paid")
    ((issued,),) = [event.invoices for event in await town.service.emitted(InvoiceIssuedV1)]
    assert (issued.number, issued.total_cents) == (note["number"], -750)
    assert [credit["credit_cents"] for credit in await town.credits()] == [750]
    # Told again, nothing more goes back; nor by a run, nor with the rest of the invoice.
    again = cancelled.model_copy(update={"booking_version": 4})
    await town.change(again, "cancelled")
    await town.begin_run(regie_id=str(demo.LEISURE))
    await town.compute()
    assert len(await town.invoices(family)) == 2
    url = f"/agent/invoices/{invoice['invoice_id']}/cancellation"
    answer = await town.service.client.post(url, json={"reason": "Erreur"}, headers=town.agent)
    assert answer.json()["credit_note"]["total_cents"] == -750, answer.text
    assert [credit["credit_cents"] for credit in await town.credits()] == [1500]


async def test_an_unpaid_day_cancelled_is_no_longer_due(town):
    family, order = await ordered(town, days=(WEDNESDAY, date(2026, 3, 11)))
    await town.change(order.bookings[0], "cancelled")
    _, invoice = await town.invoices(family)
    assert (invoice["status"], invoice["due_cents"]) == ("partly_paid", 750)
    (changed,) = await town.service.emitted(InvoiceDueChangedV1)
    assert (changed.due_cents, changed.received_cents) == (750, 0)
    assert await town.credits() == []


async def test_two_regies_and_one_hold(town):
    """What is paid stays; what is not is cancelled when the hold ends, and nothing else is billed."""
    await town.service.deliver(
        ActivityUpdatedV1(
            commune_id=demo.JOLIEVILLE,
            aggregate_id=town.REPAS,
            aggregate_version=2,
            site_id=new_id(),
            site_label="Site",
            label="Repas",
            regie_id=demo.MEALS,
            payment_mode="prepaid",
        )
    )
    family = await town.household("Martin")
    meal, wednesday = (
        town.booking(family, WEDNESDAY, activity=activity, status="awaiting_payment").model_copy(
            update={"payment_mode": "prepaid"}
        )
        for activity in (town.REPAS, town.MERCREDI)
    )
    order = await town.order(family, meal, wednesday, prepaid=True)
    first, second = sorted(await town.invoices(family), key=lambda each: each["total_cents"])
    await town.pay(first["invoice_id"], first["total_cents"], family)
    confirmed = await town.change(meal, "confirmed")
    only_unpaid = order.model_copy(update={"bookings": (wednesday,)})
    await town.close(only_unpaid, "expired")
    states = {each["invoice_id"]: each["status"] for each in await town.invoices(family)}
    assert (states[first["invoice_id"]], states[second["invoice_id"]]) == ("paid", "cancelled")
    assert await town.credits() == []
    assert confirmed.status == "confirmed"
    await town.service.forget_emitted()
    for regie in (demo.MEALS, demo.LEISURE):
        run = (await town.begin_run(regie_id=str(regie))).json()
        await town.compute()
        url = f"/agent/runs/{run['run_id']}"
        assert (await town.service.client.get(url, headers=town.agent)).json()["families"] == 0
        await town.service.forget_emitted()
