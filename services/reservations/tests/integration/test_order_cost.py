"""An order is placed in a handful of statements, however many lines its basket has."""

from collections.abc import Iterator

import pytest
from sqlalchemy import event

OF_A_REQUEST = 4
"""The tenant is set; the idempotency key is locked, looked up and kept."""
OF_AN_ORDER = 7
"""The family is locked, the basket looked at (two), the order, its bookings, places and event written."""


@pytest.fixture
def statements(story) -> Iterator[list[str]]:
    """The statements that the service's database is sent, in their order."""
    seen: list[str] = []

    def see(_connection, _cursor, statement, *_rest):
        seen.append(statement)

    event.listen(story.database.engine.sync_engine, "before_cursor_execute", see)
    yield seen
    event.remove(story.database.engine.sync_engine, "before_cursor_execute", see)


async def test_an_order_is_one_look_and_one_write(story, statements):
    days = await story.served_days(story.REPAS, 20)
    await story.durand.book(*days, activity_id=story.REPAS)  # the days have their slots
    await story.martin.put_in_basket(*days[:4], activity_id=story.REPAS)
    await story.martin.put_in_basket(days[4], activity_id=story.SOIR)
    statements.clear()
    assert (await story.martin.order()).status_code == 201
    assert len(statements) <= OF_A_REQUEST + OF_AN_ORDER + 2, statements  # two where a slot has to be made

    await story.martin.put_in_basket(*days[:4], activity_id=story.REPAS, action="cancel")
    await story.martin.put_in_basket(*days[5:], activity_id=story.REPAS, children=2)
    statements.clear()
    order = (await story.martin.order()).json()
    assert (len(order["bookings"]), len(order["cancellations"])) == (30, 4)
    assert len(statements) <= OF_A_REQUEST + OF_AN_ORDER, statements
    await story.check_invariants()
