"""Names are found however people write them."""

from typing import Any

import pytest
from sqlalchemy import Text, column, select, table, text

from preau.common.db.database import Database
from preau.common.db.migrations import execute_script
from preau.common.db.roles import ServiceDatabase
from preau.common.db.text_search import add_search_key, create_search_key, holds_words

from .conftest import as_migration

PEOPLE = (["D’Angelo", "Zoe\u0301 Nguyễn"], ["Le Goff", "Jean-Pierre Œuvrard"], ["Łukasz Weiß", "نور الدين"])
person: Any = table("person", column("names", Text), column("search_key", Text))


def create_people() -> None:
    execute_script("CREATE TABLE person (names text[] NOT NULL)")
    create_search_key()
    add_search_key("person", "search_key", "names")


@pytest.mark.parametrize(
    ("typed", "places"),
    [
        ("d'angelo", [0]),
        ("DANGELO", [0]),
        ("d angelo", [0]),
        ("nguyen zoé", [0]),
        ("NGUYỄN", [0]),
        ("legoff", [1]),
        ("goff le", [1]),
        ("jeanpierre", [1]),
        ("jean pierre", [1]),
        ("oeuvrard", [1]),
        ("lukasz weiss", [2]),
        ("الدين نور", [2]),
        ("goff nguyen", []),
        ("%", []),
        ("  ", [0, 1, 2]),
    ],
)
async def test_a_name_is_found(technical_database: ServiceDatabase, database: Database, typed, places):
    await as_migration(technical_database, create_people)
    async with database.system_transaction() as session:
        for names in PEOPLE:
            await session.execute(
                text("INSERT INTO person VALUES (CAST(:names AS text[]))"), {"names": names}
            )
        found = await session.execute(select(person.c.names).where(*holds_words(person.c.search_key, typed)))
    assert [PEOPLE.index(row[0]) for row in found] == places
