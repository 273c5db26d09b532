"""Lists page by page in every order: nothing twice, nothing missing, whatever is null or equal."""

import itertools
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import column, insert, select, table, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from uuid_utils.compat import uuid7

from preau.common.db.database import Database
from preau.common.db.filters import between, contains_words, equal
from preau.common.db.keyset import Keyset, PageRequest
from preau.common.db.migrations import enable_tenant_rls, execute_script
from preau.common.db.roles import ServiceDatabase
from preau.common.db.tables import TYPES
from preau.common.db.text_order import add_key, create_french_key, key_column
from preau.common.errors import FieldErrors
from preau.common.http.pages import encode_cursor

from .conftest import as_migration

COMMUNE = UUID("01900000-0000-7000-8000-00000000000a")
NAMES = ["Zoé", "élan", "Eve", "Œuvre", "odeur", "d’Arc", "D'Art", "Abel", "abel", "Été-Vif", "ete vil"]
SORTED = ["Abel", "abel", "D'Art", "d’Arc", "élan", "Été-Vif", "ete vil", "Eve", "odeur", "Œuvre", "Zoé"]


class Base(DeclarativeBase):
    type_annotation_map = TYPES


class Item(Base):
    __tablename__ = "item"

    item_id: Mapped[UUID] = mapped_column(primary_key=True)
    commune_id: Mapped[UUID]
    name: Mapped[str]
    name_key: Mapped[str] = key_column()
    cents: Mapped[int | None]
    day: Mapped[date]
    at: Mapped[datetime | None]


ITEMS = Keyset(
    Item.item_id,
    default="name",
    keys={"name": Item.name_key, "cents": Item.cents, "day": Item.day, "at": Item.at, "made": Item.item_id},
    nullable=("cents", "at"),
)


def create_items() -> None:
    execute_script(
        "CREATE TABLE item (item_id uuid PRIMARY KEY, commune_id uuid NOT NULL, name text NOT NULL,"
        " cents integer, day date NOT NULL, at timestamptz)"
    )
    enable_tenant_rls("item")
    create_french_key()
    add_key("item", "name_key", "name")
    execute_script("CREATE INDEX ix_item_name ON item (commune_id, name_key, item_id)")


@pytest.fixture
async def items(technical_database: ServiceDatabase, database: Database) -> AsyncIterator[Database]:
    await as_migration(technical_database, create_items)
    days = itertools.cycle([date(2026, 3, 12), date(2026, 3, 13)])
    rows = [
        {
            "item_id": uuid7(),
            "commune_id": COMMUNE,
            "name": name,
            "cents": None if place % 3 == 0 else (place * 7) % 4 * 100,
            "day": next(days),
            "at": None if place % 4 == 0 else datetime(2026, 3, 1, place % 5, tzinfo=UTC),
        }
        for place, name in enumerate(NAMES)
    ]
    async with database.transaction(COMMUNE) as session:
        await session.execute(insert(Item), rows)
    yield database


async def walk(database: Database, sort: str, limit: int) -> list[Item]:
    """The whole list, page by page."""
    found: list[Item] = []
    cursor: str | None = None
    while True:
        async with database.transaction(COMMUNE) as session:
            part, cursor = await ITEMS.entities(session, select(Item), PageRequest(sort, cursor, limit))
        assert len(part) <= limit
        found += part
        if cursor is None:
            return found


async def test_every_order_is_walked_whole_by_pages_of_any_size(items: Database) -> None:
    for sort in ITEMS.names:
        whole = [item.item_id for item in await walk(items, sort, 200)]
        assert len(set(whole)) == len(NAMES)
        for limit in (1, 3, 10):
            assert [item.item_id for item in await walk(items, sort, limit)] == whole


async def test_texts_are_ordered_as_a_french_dictionary_has_them(items: Database) -> None:
    names = [item.name for item in await walk(items, "name", 4)]
    assert [name.casefold().replace("’", "'") for name in names[:2]] == ["abel", "abel"]
    assert names[2:] == ["d’Arc", "D'Art", *SORTED[4:]]
    assert [item.name for item in await walk(items, "-name", 4)] == names[::-1]


async def test_rows_without_a_key_come_last_both_ways(items: Database) -> None:
    for sort in ("cents", "-cents", "at", "-at"):
        name = sort.removeprefix("-")
        values: list[Any] = [getattr(item, name) for item in await walk(items, sort, 2)]
        known = [value for value in values if value is not None]
        assert values == sorted(known, reverse=sort != name) + [None] * (len(values) - len(known))


async def test_the_cursor_of_another_order_or_a_forged_one_is_a_field_error(items: Database) -> None:
    async with items.transaction(COMMUNE) as session:
        _, cursor = await ITEMS.page(session, select(Item), PageRequest("name", None, 2))
    anyone = uuid7()
    forged = [
        encode_cursor("cents", "12", anyone),
        encode_cursor("cents", 2**70, anyone),
        encode_cursor("cents", True, anyone),
        encode_cursor("day", None, anyone),
        encode_cursor("day", "2026-13-01", anyone),
        encode_cursor("at", "2026-03-01T10:00:00", anyone),
        encode_cursor("name", "a\0", anyone),
        encode_cursor("name", "a", "b"),
        encode_cursor("name", "a"),
        "x",
    ]
    for sort, wrong in [
        ("-name", cursor),
        ("cents", cursor),
        *((sort, each) for each in forged for sort in ("name", "cents", "day", "at")),
    ]:
        async with items.transaction(COMMUNE) as session:
            if sort == "name" and wrong == encode_cursor("name", "a", anyone):
                continue
            with pytest.raises(FieldErrors) as refused:
                await ITEMS.page(session, select(Item), PageRequest(sort, wrong, 2))
            assert refused.value.extras["errors"][0]["field"] == "cursor"


def fill_and_analyze() -> None:
    execute_script(
        "INSERT INTO item SELECT gen_random_uuid(), commune_id, 'n' || lpad(n::text, 6, '0'), n, now(), now()"
        " FROM generate_series(1, 20000) AS n, (SELECT commune_id FROM item LIMIT 1) AS one"
    )
    execute_script("ANALYZE item")


async def test_a_page_is_read_from_the_index_however_far_it_is(
    items: Database, technical_database: ServiceDatabase
) -> None:
    """Behind row-level security too: the rows of the pages before are not read again."""
    await as_migration(technical_database, fill_and_analyze)
    asked = PageRequest("name", encode_cursor("name", "n015000", UUID(int=0)), 50)
    async with items.transaction(COMMUNE) as session:
        query = ITEMS.query(select(Item), asked)
        words = query.compile(dialect=postgresql.dialect(), compile_kwargs={"literal_binds": True})
        plan = await session.execute(text(f"EXPLAIN (ANALYZE, FORMAT JSON) {words}"))
        (node,) = plan.scalar_one()[0]["Plan"]["Plans"]
    assert node["Node Type"] == "Index Scan", node
    assert node["Actual Rows"] == 51 and node.get("Rows Removed by Filter", 0) == 0, node


async def test_filters_filter_what_was_asked_for_and_nothing_else(items: Database) -> None:
    item = table("item", column("name_key"), column("cents"))

    async def count(*conditions: Any) -> int:
        async with items.transaction(COMMUNE) as session:
            return len((await session.execute(select(item).where(*conditions))).all())

    assert await count(*contains_words(item.c.name_key, "  ")) == len(NAMES)
    assert await count(*contains_words(item.c.name_key, "ÉTÉ vi")) == 2
    assert await count(*contains_words(item.c.name_key, "oeuvre %")) == 0
    assert await count(*equal((item.c.cents, None))) == len(NAMES)
    assert await count(*between(item.c.cents, 100, None)) > await count(*between(item.c.cents, 100, 200)) > 0
