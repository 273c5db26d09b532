"""Copies of communes and families: older versions are ignored, erased accounts forgotten."""

from sqlalchemy import text

from preau.contracts.identity import AccountErasedV1, Child


async def names(story):
    async with story.database.transaction(story.JOLIEVILLE) as session:
        from preau.reservations.copies import repository

        found = await repository.children(session, story.martin.family_id)
    return sorted(child.first_name for child in found.values())


async def test_an_older_version_is_ignored(story):
    child = Child(child_id=story.martin.children[0], first_name="Zoë", last_name="M", birth_date="2018-03-01")
    await story.service.deliver(story.martin.event(aggregate_version=3, children=(child,)))
    assert await names(story) == ["Zoë"]
    await story.service.deliver(story.martin.event(aggregate_version=2))
    assert await names(story) == ["Zoë"]


async def test_a_child_that_left_the_family_leaves_the_basket(story):
    [day] = await story.served_days(story.REPAS, 1)
    await story.martin.put_in_basket(day, activity_id=story.REPAS, children=2)
    event = story.martin.event(aggregate_version=2)
    await story.service.deliver(event.model_copy(update={"children": event.children[:1]}))
    basket = (await story.martin.get("/basket")).json()
    assert [line["child_id"] for line in basket["lines"]] == [str(story.martin.children[0])]


async def test_a_closed_family_books_nothing(story):
    [day] = await story.served_days(story.REPAS, 1)
    await story.service.deliver(story.martin.event(aggregate_version=2, status="closed"))
    answer = await story.martin.put_in_basket(day, activity_id=story.REPAS)
    assert answer.json()["rule"] == "family-closed"


async def test_an_erased_account_is_forgotten(story):
    [day, other] = await story.served_days(story.REPAS, 2)
    await story.martin.book(day, activity_id=story.REPAS)
    await story.martin.put_in_basket(other, activity_id=story.REPAS)
    await story.service.deliver(
        AccountErasedV1(commune_id=story.JOLIEVILLE, aggregate_id=story.martin.account_id)
    )
    assert (await story.martin.get("/basket")).json()["lines"] == []
    assert await story.used(story.REPAS, day) == 1
    async with story.database.transaction(story.JOLIEVILLE) as session:
        assert (await session.scalars(text("SELECT account_id FROM booking_order"))).all() == [None]


async def test_seeding_the_demonstration_again_changes_nothing(story):
    from preau.reservations.demo.seed import seed

    await seed(story.database)
    assert await story.service.emitted() == []
