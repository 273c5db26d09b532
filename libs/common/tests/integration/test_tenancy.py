"""Row-level security: one commune never sees another's rows, on pooled connections too."""

from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError
from uuid_utils.compat import uuid7

from preau.common.db.database import Database
from preau.common.db.roles import ServiceDatabase

COMMUNE = UUID("01900000-0000-7000-8000-00000000000a")
OTHER = UUID("01900000-0000-7000-8000-00000000000b")


async def add(database: Database, commune: UUID, label: str) -> None:
    async with database.transaction(commune) as session:
        await session.execute(
            text("INSERT INTO thing VALUES (:id, :commune, :label)"),
            {"id": uuid7(), "commune": commune, "label": label},
        )


async def seen(session) -> list[str]:
    return list((await session.execute(text("SELECT label FROM thing ORDER BY label"))).scalars())


async def test_each_commune_sees_its_own_rows(technical_database: ServiceDatabase) -> None:
    database = Database(
        technical_database.url, system_url=technical_database.system_url, pool_size=1
    )  # one connection: the next tenant gets it used
    await add(database, COMMUNE, "ours")
    await add(database, OTHER, "theirs")
    async with database.transaction(COMMUNE) as session:
        assert await seen(session) == ["ours"]
    async with database.transaction(OTHER) as session:
        assert await seen(session) == ["theirs"]
    async with database.engine.connect() as connection:  # a connection that was told no tenant
        assert (await connection.execute(text("SELECT count(*) FROM thing"))).scalar_one() == 0
    async with database.system_transaction() as session:
        assert await seen(session) == ["ours", "theirs"]
    await database.close()


async def test_a_row_cannot_be_written_for_another_commune(database: Database) -> None:
    with pytest.raises(ProgrammingError, match="row-level security"):
        async with database.transaction(COMMUNE) as session:
            await session.execute(
                text("INSERT INTO thing VALUES (:id, :commune, 'x')"), {"id": uuid7(), "commune": OTHER}
            )
    await add(database, OTHER, "theirs")
    async with database.transaction(COMMUNE) as session:
        changed = await session.execute(text("UPDATE thing SET label = 'stolen'"))
        assert changed.rowcount == 0  # type: ignore[attr-defined]


async def test_the_application_cannot_take_the_policy_away(database: Database) -> None:
    with pytest.raises(ProgrammingError, match="must be owner"):
        async with database.system_transaction() as session:
            await session.execute(text("ALTER TABLE thing DISABLE ROW LEVEL SECURITY"))
