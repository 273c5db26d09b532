"""What is taken out of a basket can come back, and an order says what it cancelled."""


def _days(basket) -> list[str]:
    return [line["date"] for line in basket["lines"]]


async def test_taking_out_what_another_tab_took_out_changes_nothing(story):
    day, other = await story.served_days(story.REPAS, 2)
    await story.martin.put_in_basket(day, other, activity_id=story.REPAS)
    for _ in range(2):
        answer = await story.martin.put_in_basket(day, activity_id=story.REPAS, action="remove")
        assert answer.status_code == 200, answer.text
        assert _days(answer.json()["basket"]) == [other.isoformat()]


async def test_an_emptied_basket_comes_back(story):
    days = await story.served_days(story.REPAS, 3)
    full = (await story.martin.put_in_basket(*days, activity_id=story.REPAS)).json()["basket"]
    for _ in range(2):  # a second tab empties what is empty
        assert (await story.martin.delete("/basket")).status_code == 204
    emptied = (await story.martin.get("/basket")).json()
    assert (emptied["lines"], emptied["restorable"]) == ([], 3)
    restored = (await story.martin.post("/basket/restoration", {})).json()
    assert restored["refused"] == []
    assert _days(restored["basket"]) == _days(full)
    assert restored["basket"]["restorable"] == 0
    again = (await story.martin.post("/basket/restoration", {})).json()
    assert _days(again["basket"]) == _days(full)


async def test_what_a_rule_refuses_by_now_is_reported_and_the_rest_comes_back(story):
    day, other = await story.served_days(story.REPAS, 2)
    await story.martin.put_in_basket(day, other, activity_id=story.REPAS)
    await story.martin.delete("/basket")
    await story.capacity(story.REPAS, day, 0)
    restored = (await story.martin.post("/basket/restoration", {})).json()
    assert [line["refusal"]["rule"] for line in restored["refused"]] == ["full"]
    assert _days(restored["basket"]) == [other.isoformat()]


async def test_a_line_put_in_since_forgets_what_was_emptied(story):
    day, other = await story.served_days(story.REPAS, 2)
    await story.martin.put_in_basket(day, activity_id=story.REPAS)
    await story.martin.delete("/basket")
    await story.martin.put_in_basket(other, activity_id=story.REPAS)
    await story.martin.put_in_basket(other, activity_id=story.REPAS, action="remove")
    assert (await story.martin.get("/basket")).json()["restorable"] == 0


async def test_an_order_says_what_it_cancelled(story):
    day, other = await story.served_days(story.REPAS, 2)
    booked = (await story.martin.book(day, activity_id=story.REPAS)).json()["bookings"]
    await story.martin.put_in_basket(day, activity_id=story.REPAS, action="cancel")
    await story.martin.put_in_basket(other, activity_id=story.REPAS)
    placed = (await story.martin.order()).json()
    order = (await story.martin.get(f"/orders/{placed['order_id']}")).json()
    assert [one["date"] for one in order["bookings"]] == [other.isoformat()]
    assert [(one["booking_id"], one["status"]) for one in order["cancellations"]] == [
        (booked[0]["booking_id"], "cancelled")
    ]
