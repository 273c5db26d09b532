"""What parents look at most is one look each, however much is booked and however long the calendar."""

import pytest

OF_A_LOOK = 3
"""The transaction begins and says its tenant; one look; it is committed."""


@pytest.fixture
async def days(story, statements):
    """A family with meals booked and in the basket; the offer, the slots and the driver's types are known."""
    days = await story.served_days(story.REPAS, 20, after=3)
    await story.martin.book(*days[5:], activity_id=story.REPAS, children=2)
    await story.martin.put_in_basket(*days[:4], activity_id=story.REPAS, children=2)
    await story.martin.get("/basket")
    await story.martin.get("/ahead")
    statements.clear()
    return days


def span(days, length: int) -> dict[str, str]:
    return {"from": f"{days[0]}", "to": f"{days[0].fromordinal(days[0].toordinal() + length - 1)}"}


async def test_a_calendar_with_its_basket_is_one_look(story, days, statements):
    place = {"site_id": story.CANTINE, "child_id": story.martin.children[0]}
    for path in ("/agenda", "/calendar"):
        for length in (1, 62):
            statements.clear()
            answer = await story.martin.get(path, **place, **span(days, length))
            assert answer.status_code == 200, answer.text
            calendar = answer.json().get("calendar", answer.json())
            assert len(calendar["activities"][0]["days"]) == length
            assert len(statements) == OF_A_LOOK, statements


@pytest.mark.parametrize("path", ["/basket", "/ahead", "/deadlines"])
async def test_the_basket_and_what_lies_ahead_are_one_look(story, days, statements, path):
    answer = await story.martin.get(path)
    assert answer.status_code == 200, answer.text
    assert len(statements) == OF_A_LOOK, statements
