"""What a process keeps of a commune's offer may be old: that slows an order, and never makes a wrong one."""

import pytest

from preau.common.http.idempotency import Idempotency
from preau.common.http.permissions import FamilyCaller
from preau.common.http.unit_of_work import LookAgain
from preau.common.ids import new_id
from preau.reservations.catalogue.offer import OfferBook
from preau.reservations.orders import checkout_repository as repository
from preau.reservations.orders import service


async def close(story, day):
    answer = await story.agent(
        "POST", "/closures", {"from": f"{day}", "to": f"{day}", "label": "Grève", "kind": "closure"}
    )
    assert answer.status_code == 201, answer.text


async def tighten(story, day):
    deadline = {"kind": "days_before", "days": 90, "at": "12:00", "day_type": "calendar"}
    answer = await story.agent("PATCH", f"/activities/{story.REPAS}", {"booking_deadline": deadline})
    assert answer.status_code == 200, answer.text


async def fill(story, day):
    await story.capacity(story.REPAS, day, 1)


CHANGES = {"a closure": close, "a deadline": tighten, "a capacity": fill}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
async def test_what_changed_since_the_last_order_is_known_to_the_next(story, change):
    [day] = await story.served_days(story.REPAS, 1)
    await story.durand.book(day, activity_id=story.REPAS)  # the process knows the offer, and the day its slot
    await story.martin.put_in_basket(day, activity_id=story.REPAS)
    await change(story, day)
    refused = await story.martin.order()
    assert refused.status_code == 409, refused.text
    assert await story.used(story.REPAS, day) == 1
    await story.check_invariants()


async def end(story, _day):
    answer = await story.agent("PATCH", f"/activities/{story.REPAS}", {"status": "closed"})
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize("change", [tighten, end], ids=["a deadline", "an end"])
async def test_what_changes_between_look_and_write_is_not_written_over(story, change):
    """A closure does not: it waits for the order that has looked, and frees what that one booked."""
    [day] = await story.served_days(story.REPAS, 1)
    await story.durand.book(day, activity_id=story.REPAS)
    await story.martin.put_in_basket(day, activity_id=story.REPAS)
    offers: OfferBook = story.service.app.state.offers
    household = story.martin
    family = FamilyCaller(
        household.account_id, new_id(), household.family_id, household.guardian_id, story.JOLIEVILLE
    )
    buyer = service.Buyer(family, Idempotency("key", "POST /orders").claim(household.account_id, None))
    look = repository.look

    async def look_then_change(*arguments):
        seen = await look(*arguments)
        await change(story, day)
        return seen

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(repository, "look", look_then_change)
        with pytest.raises(LookAgain):
            async with story.database.driver_transaction(story.JOLIEVILLE) as transaction:
                await service.place(transaction, buyer, offers)
    assert await story.used(story.REPAS, day) == 1
    refused = await household.order()
    assert refused.status_code == 409
    assert refused.json()["rule"] in ("activity-closed", "booking-deadline")
    await story.check_invariants()


async def test_the_basket_that_another_order_emptied_is_not_ordered_twice(story):
    [day] = await story.served_days(story.REPAS, 1)
    await story.durand.book(day, activity_id=story.REPAS)
    await story.martin.put_in_basket(day, activity_id=story.REPAS)
    household = story.martin
    family = FamilyCaller(
        household.account_id, new_id(), household.family_id, household.guardian_id, story.JOLIEVILLE
    )
    buyer = service.Buyer(family, Idempotency("key", "POST /orders").claim(household.account_id, None))
    look = repository.look

    async def look_then_lose(*arguments):
        seen = await look(*arguments)
        await story.run("DELETE FROM basket_line")
        return seen

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(repository, "look", look_then_lose)
        with pytest.raises(LookAgain):
            async with story.database.driver_transaction(story.JOLIEVILLE) as transaction:
                await service.place(transaction, buyer, story.service.app.state.offers)
    assert await story.used(story.REPAS, day) == 1
    assert (await household.order()).json()["type"].endswith("basket-empty")


async def rename(story, _day):
    answer = await story.agent("PATCH", f"/activities/{story.REPAS}", {"label": "Déjeuner"})
    assert answer.status_code == 200, answer.text


async def shut(story, _day):
    answer = await story.agent("PATCH", f"/sites/{story.CANTINE}", {"status": "closed"})
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize("change", [*CHANGES.values(), rename, shut], ids=[*CHANGES, "a name", "a site"])
async def test_pages_show_what_an_agent_changed_a_moment_ago(story, change):
    """The pages read over the same offer, and none of them is an old one."""
    [day] = await story.served_days(story.REPAS, 1)
    await story.durand.book(day, activity_id=story.REPAS)
    await story.martin.put_in_basket(day, activity_id=story.REPAS)
    place = {"site_id": story.CANTINE, "child_id": story.martin.children[0], "from": day, "to": day}
    seen = (await story.martin.get("/agenda", **place)).json(), (await story.martin.get("/basket")).json()
    assert seen[0]["calendar"]["activities"][0]["days"][0]["in_basket"] == "book"
    assert seen[0]["basket"] == seen[1]
    await change(story, day)
    agenda, basket = (
        (await story.martin.get("/agenda", **place)).json(),
        (await story.martin.get("/basket")).json(),
    )
    assert agenda["basket"] == basket
    assert agenda["calendar"] != seen[0]["calendar"]
    if change is shut:
        assert [site["label"] for site in agenda["sites"]] == sorted(
            site["label"] for site in seen[0]["sites"] if site["site_id"] != str(story.CANTINE)
        )
    elif change is rename:
        assert {line["activity_label"] for line in basket["lines"]} == {"Déjeuner"}
    else:
        assert basket["lines"][0]["problem"]["rule"] in ("closure", "booking-deadline", "full")
        assert agenda["calendar"]["activities"][0]["days"][0]["state"] == "locked"
