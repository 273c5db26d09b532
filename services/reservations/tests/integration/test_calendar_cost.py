"""A calendar of 62 days is answered in a handful of statements, however much is booked."""

import time

from sqlalchemy import event

MOST_STATEMENTS = 10


async def test_the_calendar_takes_a_handful_of_statements(story):
    days = await story.served_days(story.REPAS, 20, after=3)
    await story.martin.book(*days[5:], activity_id=story.REPAS)
    seen: list[str] = []

    def count(_connection, _cursor, statement, *_rest):
        seen.append(statement)

    async def read():
        return await story.martin.get(
            "/calendar",
            site_id=story.CANTINE,
            child_id=story.martin.children[0],
            **{"from": days[0], "to": days[0].fromordinal(days[0].toordinal() + 61)},
        )

    await read()
    event.listen(story.database.engine.sync_engine, "before_cursor_execute", count)
    started = time.perf_counter()
    answer = await read()
    took = time.perf_counter() - started
    event.remove(story.database.engine.sync_engine, "before_cursor_execute", count)
    assert answer.status_code == 200
    assert len(answer.json()["activities"][0]["days"]) == 62
    assert len(seen) <= MOST_STATEMENTS, seen
    assert took < 1, took
    print(f"calendar of 62 days: {len(seen)} statements, {took * 1000:.1f} ms")
