"""A closure after booking: what is booked on its days is freed, and each family told once."""

from datetime import UTC, date, datetime

import pytest

from preau.contracts.billing import InvoiceIssuedV1, InvoiceSettledV1
from preau.contracts.reservations import BookingChangedV1, ClosureAppliedV1, OrderClosedV1
from preau.reservations.closures import service

REASON = "Fermeture : Grève."


def strike(story, first: date, last: date | None = None, **changes):
    return {
        "site_id": str(story.CANTINE),
        "from": first.isoformat(),
        "to": (last or first).isoformat(),
        "label": "Grève",
        **changes,
    }


async def close(story, *days: date, **changes):
    """Close the days and free what is booked on them."""
    added = await story.agent("POST", "/closures", strike(story, *days, **changes))
    assert added.status_code == 201, added.text
    await story.apply_closures()
    return added.json()


async def booked(household, day):
    span = {"from": day.isoformat(), "to": day.isoformat()}
    return (await household.get("/bookings", **span)).json()["items"]


async def test_what_is_booked_on_a_closed_day_is_freed_without_a_deadline_and_told_once_a_family(story):
    first, second, third = await story.served_days(story.REPAS, 3)
    await story.martin.book(first, second, third, activity_id=story.REPAS, children=2)
    await story.durand.book(first, activity_id=story.REPAS)
    too_late = {"cancellation_deadline": {"kind": "days_before", "days": 100}}
    await story.agent("PATCH", f"/activities/{story.REPAS}", too_late)
    await story.service.forget_emitted()
    seen = await story.agent("POST", "/closures/preview", strike(story, first, second))
    assert seen.json() == {"bookings": 5, "families": 2, "marked": 0}
    assert {one["status"] for one in await booked(story.martin, first)} == {"confirmed"}

    added = await close(story, first, second)
    assert (added["bookings"], added["families"], added["is_applied"]) == (5, 2, False)
    freed = [*await booked(story.martin, first), *await booked(story.martin, second)]
    assert {(one["status"], one["message"]) for one in freed} == {("cancelled", REASON)}
    assert [one["status"] for one in await booked(story.martin, third)] == ["confirmed", "confirmed"]
    assert [await story.used(story.REPAS, day) for day in (first, second, third)] == [0, 0, 2]
    changes = await story.service.emitted(BookingChangedV1)
    assert len(changes) == 5
    assert {(one.cause, one.message, str(one.closure_id), one.booking.status) for one in changes} == {
        ("rule", REASON, added["closure_id"], "cancelled")
    }
    [told] = await story.service.emitted(ClosureAppliedV1)
    assert (told.label, told.first_day, told.last_day) == ("Grève", first, second)
    assert told.site_label
    assert {one.family_id: len(one.bookings) for one in told.families} == {
        story.martin.family_id: 4,
        story.durand.family_id: 1,
    }
    [listed] = (await story.agent("GET", "/closures")).json()["items"]
    assert (listed["bookings"], listed["families"], listed["is_applied"]) == (5, 2, True)
    roll = await story.agent("GET", "/attendance", site_id=story.CANTINE, date=first)
    assert roll.json()["items"] == []
    await story.check_invariants()


async def test_a_closure_added_twice_is_one(story):
    [day] = await story.served_days(story.REPAS, 1)
    await story.martin.book(day, activity_id=story.REPAS)
    await close(story, day)
    again = await story.agent("POST", "/closures", strike(story, day))
    assert again.json()["type"].endswith("/already-closed")
    await close(story, day, label="Canicule")
    [told] = await story.service.emitted(ClosureAppliedV1)
    assert told.label == "Grève"
    assert [one["message"] for one in await booked(story.martin, day)] == [REASON]


async def test_what_a_closure_does_not_cover_stays(story):
    [day] = await story.served_days(story.REPAS, 1)
    await story.martin.book(day, activity_id=story.REPAS)
    seen = await story.agent("POST", "/closures/preview", strike(story, day, site_id=str(story.TILLEULS)))
    assert seen.json() == {"bookings": 0, "families": 0, "marked": 0}
    await close(story, day, site_id=str(story.TILLEULS))
    await close(story, day, site_id=None, kind="school_holidays")
    assert [one["status"] for one in await booked(story.martin, day)] == ["confirmed"]
    await close(story, day, site_id=None)
    assert [one["status"] for one in await booked(story.martin, day)] == ["cancelled"]


@pytest.mark.parametrize("status", ["requested", "waitlisted", "cancel_requested", "confirmed"])
async def test_whatever_waits_on_that_day_ends(story, status):
    [day] = await story.served_days(story.REPAS, 1)
    [made] = (await story.martin.book(day, activity_id=story.REPAS)).json()["bookings"]
    await story.run(
        "UPDATE booking SET status = :status WHERE booking_id = :id", status=status, id=made["booking_id"]
    )
    if status == "waitlisted":
        await story.run("UPDATE slot SET used = 0")
    await close(story, day)
    assert [one["status"] for one in await booked(story.martin, day)] == ["cancelled"]
    assert await story.used(story.REPAS, day) == 0
    await story.check_invariants()


@pytest.mark.parametrize("status", ["attended", "absent_justified", "absent_unjustified"])
async def test_what_is_marked_stays_marked(story, status):
    [day] = await story.served_days(story.REPAS, 1)
    [made] = (await story.martin.book(day, activity_id=story.REPAS)).json()["bookings"]
    await story.run(
        "UPDATE booking SET status = :status WHERE booking_id = :id", status=status, id=made["booking_id"]
    )
    seen = await story.agent("POST", "/closures/preview", strike(story, day))
    assert seen.json() == {"bookings": 0, "families": 0, "marked": 1}
    await close(story, day)
    assert [one["status"] for one in await booked(story.martin, day)] == [status]
    assert await story.service.emitted(ClosureAppliedV1) == []


async def test_an_order_of_which_nothing_is_left_to_pay_ends_at_once(story):
    [day] = await story.served_days(story.MERCREDI, 1)
    order = (await story.martin.book(day, activity_id=story.MERCREDI)).json()
    invoice = story.invoice(order["order_id"], story.martin)
    await story.service.deliver(issued(story, invoice))
    await close(story, day, site_id=str(story.TILLEULS))
    read = (await story.martin.get(f"/orders/{order['order_id']}")).json()
    assert (read["status"], [one["status"] for one in read["bookings"]]) == ("expired", ["cancelled"])
    [closed] = await story.service.emitted(OrderClosedV1)
    assert (closed.status, closed.bookings) == ("expired", ())
    await story.service.deliver(settled(story, invoice))
    assert [one["status"] for one in await booked(story.martin, day)] == ["cancelled"]
    await story.check_invariants()


async def test_an_order_with_another_day_to_pay_goes_on(story):
    day, other = await story.served_days(story.MERCREDI, 2)
    order = (await story.martin.book(day, other, activity_id=story.MERCREDI)).json()
    invoice = story.invoice(order["order_id"], story.martin)
    await story.service.deliver(issued(story, invoice))
    await close(story, day, site_id=str(story.TILLEULS))
    read = (await story.martin.get(f"/orders/{order['order_id']}")).json()
    assert read["status"] == "awaiting_payment"
    await story.service.deliver(settled(story, invoice))
    read = (await story.martin.get(f"/orders/{order['order_id']}")).json()
    assert (read["status"], [one["status"] for one in read["bookings"]]) == (
        "confirmed",
        ["cancelled", "confirmed"],
    )
    await story.check_invariants()


async def test_opening_the_days_again_books_nothing(story):
    [day] = await story.served_days(story.REPAS, 1)
    await story.martin.book(day, activity_id=story.REPAS)
    added = (await story.agent("POST", "/closures", strike(story, day))).json()
    at_work = await story.agent("DELETE", f"/closures/{added['closure_id']}")
    assert at_work.json()["type"].endswith("/closure-at-work")
    await story.apply_closures()
    assert (await story.agent("DELETE", f"/closures/{added['closure_id']}")).status_code == 204
    assert [one["status"] for one in await booked(story.martin, day)] == ["cancelled"]
    assert (await story.martin.book(day, activity_id=story.REPAS)).status_code == 201


async def test_many_bookings_are_freed_and_told_part_by_part(story, monkeypatch):
    """Every part is a transaction of its own; a family is told whole, in one of them."""
    days = await story.served_days(story.REPAS, 3)
    families = [story.martin, story.durand, await story.household("Autre", 1)]
    for family in families:
        await family.book(*days, activity_id=story.REPAS)
    monkeypatch.setattr(service, "BOOKINGS_AT_ONCE", 2)
    monkeypatch.setattr(service, "FAMILIES_AT_ONCE", 2)
    await story.service.forget_emitted()
    await close(story, days[0], days[-1])
    assert len(await story.service.emitted(BookingChangedV1)) == 9
    told = await story.service.emitted(ClosureAppliedV1)
    assert [len(one.families) for one in told] == [2, 1]
    everybody = [family for one in told for family in one.families]
    assert {one.family_id for one in everybody} == {family.family_id for family in families}
    assert [len(one.bookings) for one in everybody] == [3, 3, 3]
    await story.check_invariants()


def issued(story, invoice):
    return InvoiceIssuedV1(commune_id=story.JOLIEVILLE, aggregate_id=invoice.invoice_id, invoices=(invoice,))


def settled(story, invoice):
    return InvoiceSettledV1(
        commune_id=story.JOLIEVILLE,
        aggregate_id=invoice.invoice_id,
        invoice=invoice,
        settled_at=datetime(2026, 11, 23, tzinfo=UTC),
    )


async def rule_against(household, day, activity_id) -> str:
    """Which rule keeps a family from putting a day in its basket."""
    line = {"child_id": str(household.children[0]), "activity_id": str(activity_id), "date": day.isoformat()}
    answer = await household.post("/basket/lines", {"lines": [line | {"action": "book"}]})
    assert answer.status_code == 409, answer.text
    return answer.json()["rule"]


async def test_days_of_the_commune_open_and_close_as_they_are_entered(story):
    """A day off frees what is booked; class held opens a day of published holidays, and frees nothing."""
    [day] = await story.served_days(story.REPAS, 1, after=14)
    await story.martin.book(day, activity_id=story.REPAS)
    body = {"kind": "day_off", "from": day.isoformat(), "to": day.isoformat(), "label": "Pont"}
    refused = await story.agent("POST", "/closures", body | {"site_id": str(story.CANTINE)})
    assert refused.status_code == 422 and "toute la commune" in refused.text
    preview = await story.agent("POST", "/closures/preview", body)
    assert preview.json()["bookings"] == 1
    added = await story.agent("POST", "/closures", body)
    assert added.status_code == 201, added.text
    await story.apply_closures()
    assert await story.used(story.REPAS, day) == 0
    assert await rule_against(story.martin, day, story.REPAS) == "public-holiday"
    await story.agent("DELETE", f"/closures/{added.json()['closure_id']}")
    assert (await story.martin.book(day, activity_id=story.REPAS)).status_code == 201
    holidays = body | {"kind": "school_holidays", "label": "Vacances d’ici"}
    assert (await story.agent("POST", "/closures", holidays)).json()["bookings"] == 0
    children = await story.household("Petit")
    assert await rule_against(children, day, story.REPAS) == "school-holidays"
    held = body | {"kind": "class_held", "label": "Rattrapage"}
    assert (await story.agent("POST", "/closures", held)).status_code == 201
    assert (await children.book(day, activity_id=story.REPAS)).status_code == 201
