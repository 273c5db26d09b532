"""Races on a real PostgreSQL. Each was seen to fail with its guard removed (named in the test)."""

import asyncio
import random
from collections import Counter
from uuid import UUID

from preau.common.ids import new_id
from preau.contracts.billing import InvoiceIssuedV1
from preau.contracts.reservations import BookingChangedV1, ClosureAppliedV1, OrderPayableV1, OrderPlacedV1
from preau.reservations.demo import seed as demo
from preau.reservations.orders import repository as orders
from preau.reservations.orders.closing import settle
from preau.reservations.orders.holds import expire_holds
from preau.reservations.slots import repository as slots
from preau.testing.lock_waits import lock_waits

CLIENTS = 32


async def test_the_last_place_goes_to_exactly_one_of_many(crowd):
    """Guard: ``used + n <= capacity`` in the update of the slot (and the table's check behind it)."""
    [day] = await crowd.served_days(crowd.REPAS, 1)
    await crowd.capacity(crowd.REPAS, day, 1)
    families = [await crowd.household(f"Famille {n}") for n in range(CLIENTS)]
    for family in families:
        assert (await family.put_in_basket(day, activity_id=crowd.REPAS)).status_code == 200
    answers = await asyncio.gather(*(family.order() for family in families))
    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: CLIENTS - 1}
    lost = [answer.json() for answer in answers if answer.status_code == 409]
    assert all(problem["type"].endswith("/slot-full") and problem["lines"] for problem in lost)
    assert await crowd.used(crowd.REPAS, day) == 1
    assert len(await crowd.service.emitted(OrderPlacedV1)) == 1
    await crowd.check_invariants()


async def test_slots_that_nobody_has_used_yet_are_made_once(crowd):
    """Guard: ``ON CONFLICT DO NOTHING`` where the slot is made."""
    days = await crowd.served_days(crowd.REPAS, 3)
    wanted = {(crowd.REPAS, day): 120 for day in days}

    async def second():
        async with crowd.database.transaction(crowd.JOLIEVILLE) as session:
            return await slots.ensure(session, crowd.JOLIEVILLE, wanted)

    async with crowd.database.transaction(crowd.JOLIEVILLE) as session:
        made = await slots.ensure(session, crowd.JOLIEVILLE, wanted)
        waiting = asyncio.create_task(second())
        async with lock_waits(crowd.database) as waits:
            await waits.until()
    assert await waiting == made


async def test_many_families_fill_the_same_days(crowd):
    days = await crowd.served_days(crowd.REPAS, 3)
    families = [await crowd.household(f"Famille {n}") for n in range(16)]
    for family in families:
        await family.put_in_basket(*days, activity_id=crowd.REPAS)
    answers = await asyncio.gather(*(family.order() for family in families))
    assert {answer.status_code for answer in answers} == {201}
    assert [await crowd.used(crowd.REPAS, day) for day in days] == [16, 16, 16]
    await crowd.check_invariants()


async def test_a_double_submit_with_one_key_is_one_order(crowd):
    """Guard: the idempotency key, claimed in the transaction of the order."""
    days = await crowd.served_days(crowd.REPAS, 5)
    await crowd.martin.put_in_basket(*days, activity_id=crowd.REPAS)
    answers = await asyncio.gather(*(crowd.martin.order("une-clef") for _ in range(16)))
    assert {answer.status_code for answer in answers} <= {201, 409}
    orders = {answer.json()["order_id"] for answer in answers if answer.status_code == 201}
    assert len(orders) == 1
    in_flight = [answer.json()["type"] for answer in answers if answer.status_code == 409]
    assert all(kind.endswith("/idempotency-key-in-flight") for kind in in_flight)
    again = await crowd.martin.order("une-clef")
    assert again.json()["order_id"] in orders
    assert await crowd.used(crowd.REPAS, days[0]) == 1
    assert len(await crowd.service.emitted(OrderPlacedV1)) == 1


async def test_a_double_submit_with_two_keys_is_one_order(crowd):
    """Guard: one order of a family at a time (``lock_family``)."""
    days = await crowd.served_days(crowd.REPAS, 5)
    await crowd.martin.put_in_basket(*days, activity_id=crowd.REPAS)
    answers = await asyncio.gather(*(crowd.martin.order() for _ in range(16)))
    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: 15}
    refused = [answer.json()["type"] for answer in answers if answer.status_code == 409]
    assert all(kind.endswith("/basket-empty") for kind in refused)
    await crowd.check_invariants()


async def test_cancelling_in_parallel_has_one_effect(crowd):
    """Guard: the status that the locked row has, in the move of a booking."""
    [day] = await crowd.served_days(crowd.REPAS, 1)
    order = (await crowd.martin.book(day, activity_id=crowd.REPAS)).json()
    await crowd.durand.book(day, activity_id=crowd.REPAS)
    await crowd.service.forget_emitted()
    path = f"/bookings/{order['bookings'][0]['booking_id']}"
    answers = await asyncio.gather(*(crowd.martin.delete(path) for _ in range(CLIENTS)))
    assert Counter(answer.status_code for answer in answers) == {200: 1, 409: CLIENTS - 1}
    assert await crowd.used(crowd.REPAS, day) == 1
    assert len(await crowd.service.emitted(BookingChangedV1)) == 1
    await crowd.check_invariants()


async def test_a_parent_and_an_agent_book_the_same_child_once(crowd):
    """Guard: the unique index on the active booking of a child, an activity and a date."""
    for day in await crowd.served_days(crowd.REPAS, 8):
        await crowd.martin.put_in_basket(day, activity_id=crowd.REPAS)
        body = {
            "family_id": str(crowd.martin.family_id),
            "child_id": str(crowd.martin.children[0]),
            "activity_id": str(crowd.REPAS),
            "date": day.isoformat(),
        }
        answers = await asyncio.gather(
            crowd.martin.order(), *(crowd.agent("POST", "/bookings", body) for _ in range(4))
        )
        assert Counter(answer.status_code for answer in answers) == {201: 1, 409: 4}
        assert await crowd.used(crowd.REPAS, day) == 1
        await crowd.martin.delete("/basket")
    await crowd.check_invariants()


async def test_orders_over_the_same_days_in_any_order_do_not_deadlock(crowd):
    """Guard: slots are made by (activity, day) and taken in ascending id."""
    days = await crowd.served_days(crowd.REPAS, 12)
    evenings = await crowd.served_days(crowd.SOIR, 12)
    families = [await crowd.household(f"Famille {n}") for n in range(12)]
    dice = random.Random(7)  # noqa: S311
    for family in families:
        await family.put_in_basket(*dice.sample(days, 12), activity_id=crowd.REPAS)
        await family.put_in_basket(*dice.sample(evenings, 12), activity_id=crowd.SOIR)
    answers = await asyncio.gather(*(family.order() for family in families))
    assert {answer.status_code for answer in answers} == {201}
    await crowd.check_invariants()


async def test_used_is_the_number_of_active_bookings_whatever_happens_at_once(crowd):
    """Orders, cancellations, agents' bookings and expiring holds, mixed, over few places."""
    dice = random.Random(20261123)  # noqa: S311
    days = await crowd.served_days(crowd.MERCREDI, 4)
    for day in days:
        await crowd.capacity(crowd.MERCREDI, day, 3)
    families = [await crowd.household(f"Famille {n}") for n in range(8)]

    async def act(family, choice):
        if choice == "book":
            await family.put_in_basket(*dice.sample(days, 2), activity_id=crowd.MERCREDI)
            answer = await family.order()
        elif choice == "cancel":
            items = (await family.get("/bookings", **{"from": days[0], "to": days[-1]})).json()["items"]
            if not items:
                return
            answer = await family.delete(f"/bookings/{dice.choice(items)['booking_id']}")
        elif choice == "agent":
            answer = await crowd.agent(
                "POST",
                "/bookings",
                {
                    "family_id": str(family.family_id),
                    "child_id": str(family.children[0]),
                    "activity_id": str(crowd.MERCREDI),
                    "date": dice.choice(days).isoformat(),
                },
            )
        else:
            await crowd.run(
                "UPDATE booking_order SET held_until = now() - interval '1 second'"
                " WHERE family_id = :family AND status = 'awaiting_payment'",
                family=family.family_id,
            )
            await expire_holds(crowd.database)
            return
        assert answer.status_code in {200, 201, 409}, answer.text

    for _ in range(6):
        choices = dice.choices(("book", "cancel", "agent", "expire"), weights=(5, 3, 2, 2), k=len(families))
        await asyncio.gather(*(act(family, choice) for family, choice in zip(families, choices, strict=True)))
        await crowd.check_invariants()
    assert all([await crowd.used(crowd.MERCREDI, day) <= 3 for day in days])


async def test_a_key_of_another_account_is_another_key(crowd):
    [day] = await crowd.served_days(crowd.REPAS, 1)
    await crowd.martin.put_in_basket(day, activity_id=crowd.REPAS)
    await crowd.durand.put_in_basket(day, activity_id=crowd.REPAS)
    key = str(new_id())
    first, second = await crowd.martin.order(key), await crowd.durand.order(key)
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json()["order_id"] != second.json()["order_id"]


def strike(story, day):
    return {"site_id": str(story.CANTINE), "from": str(day), "to": str(day), "label": "Grève"}


async def test_an_order_that_has_looked_when_the_day_is_closed_leaves_no_booking(crowd):
    """Guard: the look comes before the turn of closing (``_LOOK``); without it the booking stayed."""
    [day] = await crowd.served_days(crowd.REPAS, 1)
    await crowd.durand.book(day, activity_id=crowd.REPAS)
    await crowd.martin.put_in_basket(day, activity_id=crowd.REPAS)
    async with lock_waits(crowd.database) as waits:
        async with crowd.database.transaction(crowd.JOLIEVILLE) as session:
            # The slot is ours: the order has looked and judged, and waits while it writes.
            places = await slots.places(session, {crowd.REPAS}, day, day)
            await slots.lock(session, places[crowd.REPAS, day].slot_id)
            ordering = asyncio.create_task(crowd.martin.order())
            await waits.until()
            closing = asyncio.create_task(crowd.agent("POST", "/closures", strike(crowd, day)))
            await waits.until(2)
        assert (await ordering).status_code == 201
        added = (await closing).json()
    assert added["bookings"] == 2
    await crowd.apply_closures()
    assert await crowd.used(crowd.REPAS, day) == 0
    await crowd.check_invariants()


async def test_an_agent_who_books_when_the_day_is_closed_leaves_no_booking(crowd):
    """Guard: who books for a family comes before the turn of closing; without it the booking stayed."""
    [day] = await crowd.served_days(crowd.REPAS, 1)
    await crowd.durand.book(day, activity_id=crowd.REPAS)
    body = {
        "family_id": str(crowd.martin.family_id),
        "child_id": str(crowd.martin.children[0]),
        "activity_id": str(crowd.REPAS),
        "date": str(day),
    }
    async with lock_waits(crowd.database) as waits:
        async with crowd.database.transaction(crowd.JOLIEVILLE) as session:
            places = await slots.places(session, {crowd.REPAS}, day, day)
            await slots.lock(session, places[crowd.REPAS, day].slot_id)
            booking = asyncio.create_task(crowd.agent("POST", "/bookings", body))
            await waits.until()
            closing = asyncio.create_task(crowd.agent("POST", "/closures", strike(crowd, day)))
            await waits.until(2)
        assert (await booking).status_code == 201
        assert (await closing).json()["bookings"] == 2
    await crowd.apply_closures()
    assert await crowd.used(crowd.REPAS, day) == 0


async def test_two_who_close_the_same_days_at_once_close_them_once(crowd):
    """Guard: the turn of closing; without it both were added, and listed twice."""
    [day] = await crowd.served_days(crowd.REPAS, 1)
    await crowd.martin.book(day, activity_id=crowd.REPAS)
    adding = (crowd.agent("POST", "/closures", strike(crowd, day)) for _ in range(8))
    answers = await asyncio.gather(*adding)
    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: 7}
    await asyncio.gather(*(crowd.apply_closures() for _ in range(4)))
    [told] = await crowd.service.emitted(ClosureAppliedV1)
    assert len(told.families) == 1


async def test_a_payment_and_a_closure_at_once_end_the_booking_once(crowd):
    """Guard: orders are locked before bookings, as payments do; without it the two deadlocked."""
    [day] = await crowd.served_days(crowd.MERCREDI, 1)
    order = (await crowd.martin.book(day, activity_id=crowd.MERCREDI)).json()
    body = strike(crowd, day) | {"site_id": str(crowd.TILLEULS)}
    async with lock_waits(crowd.database) as waits:
        async with crowd.database.transaction(crowd.JOLIEVILLE) as session:
            assert await orders.lock_unpaid(session, UUID(order["order_id"])) is not None
            await crowd.agent("POST", "/closures", body)
            freeing = asyncio.create_task(crowd.apply_closures())
            await waits.until()
            await settle(session, UUID(order["order_id"]), demo.ACCUEILS)
        await freeing
    read = (await crowd.martin.get(f"/orders/{order['order_id']}")).json()
    assert (read["status"], read["bookings"][0]["status"]) == ("confirmed", "cancelled")
    await crowd.check_invariants()


async def test_two_invoices_of_an_order_at_once_ask_for_money_once(crowd):
    """Guard: the order is locked before its invoices are looked at; without it the family was told twice."""
    [day] = await crowd.served_days(crowd.MERCREDI, 1)
    order = (await crowd.martin.book(day, activity_id=crowd.MERCREDI)).json()
    invoices = [crowd.invoice(order["order_id"], crowd.martin, new_id()) for _ in range(2)]
    async with lock_waits(crowd.database) as waits:
        async with crowd.database.transaction(crowd.JOLIEVILLE) as session:
            assert await orders.lock_unpaid(session, UUID(order["order_id"])) is not None
            both = [
                asyncio.create_task(
                    crowd.service.deliver(
                        InvoiceIssuedV1(
                            commune_id=crowd.JOLIEVILLE, aggregate_id=one.invoice_id, invoices=(one,)
                        )
                    )
                )
                for one in invoices
            ]
            await waits.until(2)
        await asyncio.gather(*both)
    assert len(await crowd.service.emitted(OrderPayableV1)) == 1
