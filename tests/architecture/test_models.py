"""The ORM's models agree with the tables that the migrations made, in every service.

Keys, indexes and checks are written once, in the migrations. A model says columns: their types, which may be
null, which the database fills in, and the primary key by which a session knows a row.
"""

import pkgutil
from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, Enum, MetaData, String, inspect, text
from sqlalchemy.ext.asyncio import create_async_engine

from preau.common.db.database import async_url
from preau.testing.databases import fresh_database
from tests.fleet import SERVICES, Service

each_service = pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)


def models_of(service: str) -> MetaData:
    """All tables that the service's models declare, wherever they stand."""
    package = import_module(f"preau.{service}")
    for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        if module.name.endswith("tables"):
            import_module(module.name)
    return import_module(f"preau.{service}.database").Table.metadata


def drift(connection: Connection, models: MetaData) -> list[str]:
    """Where models and tables differ; tables without a model are none of its business."""
    context = MigrationContext.configure(
        connection, opts={"include_object": _in_question, "compare_type": _type_differs}
    )
    return [*_differences(compare_metadata(context, models)), *_odd_keys_and_defaults(connection, models)]


def _in_question(thing: Any, name: str | None, kind: str, reflected: bool, compared: Any) -> bool:
    """Columns, and tables that have a model."""
    return kind == "column" or (kind == "table" and not (reflected and compared is None))


def _type_differs(context: Any, in_table: Any, in_model: Any, type_of_table: Any, type_of_model: Any) -> Any:
    """False when they agree, ``None`` to leave it to Alembic."""
    is_word = isinstance(type_of_model, Enum) and not type_of_model.native_enum
    return False if is_word and isinstance(type_of_table, String) else None


def _differences(found: list[Any]) -> Iterator[str]:
    for difference in found:  # what differs in one column comes as a list
        yield from map(repr, difference if isinstance(difference, list) else [difference])


def _odd_keys_and_defaults(connection: Connection, models: MetaData) -> Iterator[str]:
    """What Alembic does not compare, or only both ways: a default that no model relies on is harmless."""
    database = inspect(connection)
    for table in models.sorted_tables:
        if not database.has_table(table.name):
            continue
        key = set(database.get_pk_constraint(table.name)["constrained_columns"])
        if key != set(table.primary_key.columns.keys()):
            yield f"the key of {table.name} is {sorted(key)}"
        filled_in = {
            column["name"]
            for column in database.get_columns(table.name)
            if column["default"] is not None or "computed" in column
        }
        for column in table.columns:
            if column.server_default is not None and column.name not in filled_in:
                yield f"{table.name}.{column.name} has no default"


@each_service
async def test_models_agree_with_migrations(service: Service) -> None:
    models = models_of(service.name)
    assert len(models.tables) > 3, "the test looks at the models that are there"
    assert await drift_after(service.name, "SELECT 1") == []


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ("ALTER TABLE tariff ADD COLUMN planted text", "'remove_column', None, 'tariff', Column('planted'"),
        ("ALTER TABLE tariff DROP COLUMN definition CASCADE", "'add_column', None, 'tariff'"),
        ("ALTER TABLE tariff RENAME TO planted", "'add_table', Table('tariff'"),
        ("ALTER TABLE tariff ALTER COLUMN definition DROP NOT NULL", "'modify_nullable', None, 'tariff'"),
        ("ALTER TABLE billing_run ALTER COLUMN sequence TYPE bigint", "'modify_type', None, 'billing_run'"),
        ("ALTER TABLE tariff ALTER COLUMN created_at TYPE timestamp", "'modify_type', None, 'tariff'"),
        ("ALTER TABLE tariff ALTER COLUMN created_at DROP DEFAULT", "tariff.created_at has no default"),
        ("ALTER TABLE tariff DROP CONSTRAINT tariff_pkey", "the key of tariff is []"),
    ],
)
async def test_a_planted_drift_is_found(change: str, found: str) -> None:
    drifted = await drift_after("billing", change)
    assert any(found in difference for difference in drifted), drifted


async def drift_after(service: str, change: str) -> list[str]:
    """The drift of a freshly migrated database once a statement has changed it."""
    models = models_of(service)
    async with fresh_database(service) as database:
        engine = create_async_engine(async_url(database.owner_url))
        async with engine.begin() as connection:
            await connection.execute(text(change))
            found = await connection.run_sync(drift, models)
        await engine.dispose()
    return found
