import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from preau.common.ids import new_id
from preau.requests.database import Table
from preau.requests.demo import BEAUVAL, JOLIEVILLE


async def test_every_table_is_closed_to_other_communes(service, family) -> None:
    await family.file()
    async with service.database.transaction(JOLIEVILLE) as session:
        rows = await session.execute(
            text(
                "SELECT relname FROM pg_class WHERE relkind = 'r' AND relrowsecurity AND relforcerowsecurity"
            )
        )
    assert set(rows.scalars()) >= {table.name for table in Table.metadata.sorted_tables}
    for table in Table.metadata.sorted_tables:
        counts = []
        for commune_id in (JOLIEVILLE, BEAUVAL):
            async with service.database.transaction(commune_id) as session:
                foreign = text(f"SELECT count(*) FROM {table.name} WHERE commune_id <> :own")  # noqa: S608
                counts.append((await session.execute(foreign, {"own": commune_id})).scalar_one())
        assert counts == [0, 0], table.name


async def test_no_row_is_written_for_another_commune(service) -> None:
    with pytest.raises(DBAPIError, match="row-level security"):
        async with service.database.transaction(JOLIEVILLE) as session:
            await session.execute(
                text("INSERT INTO document_usage (commune_id, family_id, used_bytes) VALUES (:c, :f, 0)"),
                {"c": BEAUVAL, "f": new_id()},
            )


async def test_tables_and_models_agree(service) -> None:
    """The migration is written by hand: every column of a model is there, with its nullability."""
    async with service.database.transaction(JOLIEVILLE) as session:
        rows = await session.execute(
            text("SELECT table_name, column_name, is_nullable FROM information_schema.columns")
        )
        real = {(row[0], row[1]): row[2] == "YES" for row in rows}
    for table in Table.metadata.sorted_tables:
        assert {name for owner, name in real if owner == table.name} == set(table.columns.keys())
        for column in table.columns:
            assert real[table.name, column.name] == column.nullable, f"{table.name}.{column.name}"
