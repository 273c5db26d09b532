"""What agents find of bookings, and in what order; one booking read alone."""

from preau.common.ids import new_id


async def found(story, **query: object) -> list[str]:
    """The days of what an agent finds."""
    answer = await story.agent("GET", "/bookings", **query)
    assert answer.status_code == 200, answer.text
    return [item["date"] for item in answer.json()["items"]]


async def test_bookings_are_found_by_name_day_and_state_and_ordered(story):
    first, second, third = [str(day) for day in await story.served_days(story.REPAS, 3)]
    await story.martin.book(*await story.served_days(story.REPAS, 3), activity_id=story.REPAS)
    days = await story.served_days(story.REPAS, 1, after=8)
    await story.durand.book(*days, activity_id=story.REPAS)
    assert await found(story, q="MARTIN") == [first, second, third]
    assert await found(story, q="durand") == [str(day) for day in days]
    assert await found(story, q="martin", date_from=second) == [second, third]
    assert await found(story, q="martin", date_from=second, date_to=second) == [second]
    assert await found(story, family_id=new_id()) == []
    assert await found(story, activity_id=story.SOIR) == []
    booked = (await story.agent("GET", "/bookings", q="martin")).json()["items"]
    assert await found(story, child_id=booked[0]["child_id"]) == [first, second, third]
    assert await found(story, child_id=new_id()) == []
    assert await found(story, sort="-date", q="martin") == [third, second, first]
    by_family = (await story.agent("GET", "/bookings", sort="family")).json()["items"]
    labels = [item["family_label"] for item in by_family]
    assert labels == sorted(labels) and len(set(labels)) == 2
    whole: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        part = (await story.agent("GET", "/bookings", sort="-family", limit=1, **cursor)).json()
        whole += [item["booking_id"] for item in part["items"]]
        if part["next_cursor"] is None:
            break
        cursor = {"cursor": part["next_cursor"]}
    assert whole == [item["booking_id"] for item in by_family][::-1]
    assert (await story.agent("GET", "/bookings", date_from="hier")).status_code == 422


async def test_a_family_reads_one_booking_of_its_own(story):
    days = await story.served_days(story.REPAS, 1)
    await story.martin.book(*days, activity_id=story.REPAS)
    (item,) = (await story.agent("GET", "/bookings", q="martin")).json()["items"]
    own = await story.martin.get(f"/bookings/{item['booking_id']}")
    assert own.status_code == 200 and own.json()["date"] == str(days[0])
    assert (await story.durand.get(f"/bookings/{item['booking_id']}")).status_code == 404
    assert (await story.martin.get(f"/bookings/{new_id()}")).status_code == 404
