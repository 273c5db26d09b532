"""An order is placed in a handful of statements, however many lines its basket has."""

OF_AN_ORDER = 4
"""The transaction begins and says its tenant; one look; one write; it is committed."""
TO_LEARN_THE_OFFER = 3 + 7
"""Given up after the look; the offer's version, commune, sites, activities and closures read; begun anew."""
TO_MAKE_SLOTS = 3 + 4


async def test_an_order_is_one_look_and_one_write(story, statements):
    days = await story.served_days(story.REPAS, 20)
    await story.durand.book(*days, activity_id=story.REPAS)  # the days have their slots, the offer is known
    await story.martin.put_in_basket(*days[:4], activity_id=story.REPAS)
    statements.clear()
    assert (await story.martin.order()).status_code == 201
    assert len(statements) == OF_AN_ORDER, statements

    await story.martin.put_in_basket(*days[:4], activity_id=story.REPAS, action="cancel")
    await story.martin.put_in_basket(*days[5:], activity_id=story.REPAS, children=2)
    statements.clear()
    order = (await story.martin.order()).json()
    assert (len(order["bookings"]), len(order["cancellations"])) == (30, 4)
    assert len(statements) == OF_AN_ORDER, statements
    await story.check_invariants()


async def test_what_is_missing_is_made_once_and_looked_at_again(story, statements):
    days = await story.served_days(story.SOIR, 3)
    await story.capacity(story.SOIR, days[2], 20)  # the offer is as it was: a capacity is looked at each time
    await story.martin.put_in_basket(*days, activity_id=story.SOIR)
    statements.clear()
    assert (await story.martin.order()).status_code == 201
    assert len(statements) <= OF_AN_ORDER + TO_LEARN_THE_OFFER + TO_MAKE_SLOTS, statements
    await story.check_invariants()
