"""Prepaid activities: the order holds its places until it is paid, or lets them go."""

import asyncio

from preau.common.ids import new_id
from preau.contracts.billing import InvoiceCancelledV1, InvoiceIssuedV1, InvoiceSettledV1
from preau.contracts.reservations import OrderClosedV1, OrderPayableV1, OrderPlacedV1
from preau.reservations.orders.holds import expire_holds


def issued(invoice, commune_id):
    return InvoiceIssuedV1(commune_id=commune_id, aggregate_id=invoice.invoice_id, invoices=(invoice,))


def settled(invoice, commune_id):
    return InvoiceSettledV1(
        commune_id=commune_id,
        aggregate_id=invoice.invoice_id,
        invoice=invoice,
        settled_at="2026-11-23T10:00:00Z",
    )


async def end_hold(story, order_id):
    await story.run(
        "UPDATE booking_order SET held_until = now() - interval '1 second' WHERE order_id = :id", id=order_id
    )


async def prepaid_order(story, household, count=1):
    days = await story.served_days(story.MERCREDI, count)
    order = await household.book(*days, activity_id=story.MERCREDI)
    assert order.status_code == 201, order.text
    return days, order.json()


async def test_paying_confirms(story):
    [day], order = await prepaid_order(story, story.martin)
    assert order["status"] == "awaiting_payment" and order["held_until"]
    assert order["bookings"][0]["status"] == "awaiting_payment"
    assert await story.used(story.MERCREDI, day) == 1
    [placed] = await story.service.emitted(OrderPlacedV1)
    assert placed.held_until is not None

    invoice = story.invoice(order["order_id"], story.martin)
    await story.service.deliver(issued(invoice, story.JOLIEVILLE))
    shown = (await story.martin.get(f"/orders/{order['order_id']}")).json()
    assert shown["status"] == "awaiting_payment"
    assert [(one["total_cents"], one["status"]) for one in shown["invoices"]] == [(750, "open")]

    await story.service.deliver(settled(invoice, story.JOLIEVILLE))
    await story.service.deliver(settled(invoice, story.JOLIEVILLE))
    shown = (await story.martin.get(f"/orders/{order['order_id']}")).json()
    assert (shown["status"], shown["bookings"][0]["status"]) == ("confirmed", "confirmed")
    [closed] = await story.service.emitted(OrderClosedV1)
    assert closed.status == "confirmed"
    assert closed.bookings[0].booking_version == 2
    assert (await story.durand.get(f"/orders/{order['order_id']}")).status_code == 404
    await story.check_invariants()


async def test_an_expired_hold_frees_the_place_once_and_a_late_payment_changes_nothing(story):
    [day], order = await prepaid_order(story, story.martin)
    invoice = story.invoice(order["order_id"], story.martin)
    await story.service.deliver(issued(invoice, story.JOLIEVILLE))
    await end_hold(story, order["order_id"])
    await asyncio.gather(*(expire_holds(story.database) for _ in range(8)))
    assert await story.used(story.MERCREDI, day) == 0
    [closed] = await story.service.emitted(OrderClosedV1)
    assert (closed.status, closed.bookings[0].status) == ("expired", "expired")

    cancelled = InvoiceCancelledV1(
        commune_id=story.JOLIEVILLE, aggregate_id=invoice.invoice_id, invoice=invoice
    )
    await story.service.deliver(cancelled)
    await story.service.deliver(settled(invoice, story.JOLIEVILLE))
    shown = (await story.martin.get(f"/orders/{order['order_id']}")).json()
    assert (shown["status"], shown["bookings"][0]["status"]) == ("expired", "expired")
    assert len(await story.service.emitted(OrderClosedV1)) == 1
    again = await story.martin.book(day, activity_id=story.MERCREDI)
    assert again.status_code == 201
    await story.check_invariants()


async def test_the_sweeper_ends_holds_by_itself(story):
    [day], order = await prepaid_order(story, story.martin)
    await end_hold(story, order["order_id"])
    async with asyncio.timeout(60):
        while await story.used(story.MERCREDI, day):  # noqa: ASYNC110
            await asyncio.sleep(0.1)


async def test_of_payment_and_expiry_one_wins(story):
    for _ in range(6):
        _, order = await prepaid_order(story, story.martin)
        invoice = story.invoice(order["order_id"], story.martin)
        await end_hold(story, order["order_id"])
        await asyncio.gather(
            expire_holds(story.database), story.service.deliver(settled(invoice, story.JOLIEVILLE))
        )
        shown = (await story.martin.get(f"/orders/{order['order_id']}")).json()
        assert shown["status"] == shown["bookings"][0]["status"]
        closed = await story.service.emitted(OrderClosedV1)
        assert len([one for one in closed if str(one.aggregate_id) == order["order_id"]]) == 1
        await story.check_invariants()
        if shown["status"] == "confirmed":
            booking_id = shown["bookings"][0]["booking_id"]
            assert (await story.martin.delete(f"/bookings/{booking_id}")).status_code == 200


async def test_a_booking_whose_payment_runs_is_not_cancelled(story):
    _, order = await prepaid_order(story, story.martin)
    answer = await story.martin.delete(f"/bookings/{order['bookings'][0]['booking_id']}")
    assert answer.status_code == 409
    assert answer.json()["rule"] == "not-cancellable"


async def test_a_mixed_basket_confirms_what_is_billed_later_and_holds_the_rest(story):
    [meal] = await story.served_days(story.REPAS, 1)
    await story.martin.put_in_basket(meal, activity_id=story.REPAS)
    _, order = await prepaid_order(story, story.martin)
    statuses = {one["activity_id"]: one["status"] for one in order["bookings"]}
    assert statuses == {str(story.REPAS): "confirmed", str(story.MERCREDI): "awaiting_payment"}
    await end_hold(story, order["order_id"])
    await expire_holds(story.database)
    assert await story.used(story.REPAS, meal) == 1
    await story.check_invariants()


async def test_places_are_not_hoarded(story):
    days = await story.served_days(story.MERCREDI, 4)
    for day in days[:3]:
        assert (await story.martin.book(day, activity_id=story.MERCREDI)).status_code == 201
    answer = await story.martin.book(days[3], activity_id=story.MERCREDI)
    assert answer.status_code == 409
    assert answer.json()["type"].endswith("/too-many-unpaid-orders")


async def test_another_communes_invoice_settles_nothing(story):
    _, order = await prepaid_order(story, story.martin)
    invoice = story.invoice(order["order_id"], story.martin)
    await story.service.deliver(settled(invoice, story.BEAUVAL))
    shown = (await story.martin.get(f"/orders/{order['order_id']}")).json()
    assert shown["status"] == "awaiting_payment"


async def test_two_regies_are_paid_one_after_the_other(story):
    other = new_id()
    soir = await story.agent(
        "PATCH", f"/activities/{story.SOIR}", {"payment_mode": "prepaid", "regie_id": str(other)}
    )
    assert soir.status_code == 200, soir.text
    [day] = await story.served_days(story.SOIR, 1)
    await story.martin.put_in_basket(day, activity_id=story.SOIR)
    _, order = await prepaid_order(story, story.martin)
    first, second = (
        story.invoice(order["order_id"], story.martin),
        story.invoice(order["order_id"], story.martin, other),
    )
    await story.service.deliver(settled(first, story.JOLIEVILLE))
    shown = (await story.martin.get(f"/orders/{order['order_id']}")).json()
    assert shown["status"] == "awaiting_payment"
    assert {one["activity_id"]: one["status"] for one in shown["bookings"]} == {
        str(story.MERCREDI): "confirmed",
        str(story.SOIR): "awaiting_payment",
    }
    await story.service.deliver(settled(second, story.JOLIEVILLE))
    shown = (await story.martin.get(f"/orders/{order['order_id']}")).json()
    assert shown["status"] == "confirmed"


async def test_a_family_is_told_once_that_an_order_is_to_be_paid(story):
    _, order = await prepaid_order(story, story.martin)
    await story.service.forget_emitted()
    free = story.invoice(order["order_id"], story.martin, new_id()).model_copy(update={"total_cents": 0})
    await story.service.deliver(issued(free, story.JOLIEVILLE))
    assert await story.service.emitted(OrderPayableV1) == []
    for _ in range(2):  # two régies
        invoice = story.invoice(order["order_id"], story.martin, new_id())
        await story.service.deliver(issued(invoice, story.JOLIEVILLE))
    [told] = await story.service.emitted(OrderPayableV1)
    assert str(told.aggregate_id) == order["order_id"]
    assert {one.status for one in told.bookings} == {"awaiting_payment"}


async def test_an_order_that_costs_nothing_is_confirmed_and_never_asks(story):
    _, order = await prepaid_order(story, story.martin)
    free = story.invoice(order["order_id"], story.martin).model_copy(update={"total_cents": 0})
    await story.service.deliver(issued(free, story.JOLIEVILLE))
    await story.service.deliver(settled(free, story.JOLIEVILLE))
    read = (await story.martin.get(f"/orders/{order['order_id']}")).json()
    assert (read["status"], {one["status"] for one in read["bookings"]}) == ("confirmed", {"confirmed"})
    assert await story.service.emitted(OrderPayableV1) == []
