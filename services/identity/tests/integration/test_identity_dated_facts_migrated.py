"""Records of the former version: what stood is since always, what it still writes holds from its day on."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from preau.common.db.driver import Connection, connect
from preau.common.db.migrations import migrate
from preau.common.db.provision import drop, provision
from preau.common.ids import new_id
from preau.testing.databases import PASSWORDS
from preau.testing.infrastructure import postgres_admin_url

COMMUNE, FAMILY, CHILD, ADA, BO = (new_id() for _ in range(5))
TODAY = "(SELECT (clock_timestamp() AT TIME ZONE 'Pacific/Kiritimati')::date)"
REGISTERED = (
    "INSERT INTO commune VALUES ('{commune}', 'ici', 'Ici', 'Pacific/Kiritimati', 'A', '#1f5fa8', '', '')",
    "INSERT INTO family"
    " (family_id, commune_id, label, residency, street, postal_code, city, sort_key, search_key)"
    " VALUES ('{family}', '{commune}', 'Ici', 'non_resident', '', '', '', '', '')",
    "INSERT INTO guardian VALUES ('{ada}', '{commune}', '{family}', 0, '', 'Ada', 'Ici', '', '', true)",
    "INSERT INTO guardian VALUES ('{bo}', '{commune}', '{family}', 1, '', 'Bo', 'Ici', '', '', false)",
    "INSERT INTO child"
    " (child_id, commune_id, family_id, first_name, last_name, birth_date, school, class_name, level, diet)"
    " VALUES ('{child}', '{commune}', '{family}', 'Zoé', 'Ici', '2018-05-04',"
    " 'Jules-Ferry', 'CE2', 'elementary', '')",
    "INSERT INTO quotient (quotient_id, commune_id, family_id, value, effective_from)"
    " VALUES (gen_random_uuid(), '{commune}', '{family}', 612, '2026-01-01')",
)
"""A family as the former version writes it."""
NAMES = {"commune": COMMUNE, "family": FAMILY, "child": CHILD, "ada": ADA, "bo": BO}


class Former:
    """A database as its owner sees it, and the statements of the former version."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def does(self, *statements: str) -> None:
        for statement in statements:
            await self._connection.execute(statement.format(**NAMES))

    async def rows(self, columns: str, table: str) -> list[tuple[Any, ...]]:
        """The rows by date; the beginning told from today on: None for since always."""
        begins = f"CASE WHEN effective_from > '-infinity' THEN effective_from - {TODAY} END"
        found = await self._connection.fetch(
            f"SELECT {columns}, {begins}, applied_at IS NOT NULL FROM {table} ORDER BY effective_from"  # noqa: S608
        )
        return [tuple(row) for row in found]

    async def quotients(self) -> list[tuple[Any, ...]]:
        found = await self._connection.fetch("SELECT value, cents, recorded_on FROM quotient")
        return [tuple(row) for row in found]


@pytest.fixture
async def owner_url() -> AsyncIterator[str]:
    """The owner's address of a database that the former version migrated."""
    name = f"identity_former_{new_id().hex[-12:]}"
    made = await provision(postgres_admin_url(), name, PASSWORDS)
    await migrate("identity", made.owner_url, revision="0004")
    yield made.owner_url
    await drop(postgres_admin_url(), [name])


@pytest.fixture
async def former(owner_url: str) -> AsyncIterator[Former]:
    connection = await connect(owner_url)
    try:
        yield Former(connection)
    finally:
        await connection.close()


async def test_what_stood_is_since_always(owner_url, former):
    await former.does(*REGISTERED)
    await migrate("identity", owner_url)
    assert await former.rows("residency", "residency_period") == [("non_resident", None, True)]
    assert await former.rows("guardian_id", "payer_period") == [(ADA, None, True)]
    assert await former.rows("school, class_name, level, category", "schooling") == [
        ("Jules-Ferry", "CE2", "elementary", "", None, True)
    ]
    assert await former.quotients() == [(612, 61200, None)]


async def test_a_family_that_the_former_version_registers_has_its_histories(owner_url, former):
    await migrate("identity", owner_url)
    await former.does(*REGISTERED)
    assert await former.rows("residency", "residency_period") == [("non_resident", None, True)]
    assert await former.rows("guardian_id", "payer_period") == [(ADA, None, True)]
    assert await former.rows("class_name, category", "schooling") == [("CE2", "", None, True)]
    assert await former.quotients() == [(612, 61200, None)]


async def test_what_the_former_version_changes_holds_from_its_day_on(owner_url, former):
    await former.does(*REGISTERED)
    await migrate("identity", owner_url)
    for name in ("CM1", "CM2"):  # twice on one day: the second is right
        await former.does(
            "UPDATE family SET residency = 'resident' WHERE family_id = '{family}'",
            "UPDATE guardian SET is_payer = (guardian_id = '{bo}') WHERE family_id = '{family}'",
            f"UPDATE child SET class_name = '{name}', diet = 'x' WHERE child_id = '{{child}}'",  # noqa: S608
            "UPDATE quotient SET value = 700",
        )
    assert await former.rows("residency", "residency_period") == [
        ("non_resident", None, True),
        ("resident", 0, True),
    ]
    assert await former.rows("guardian_id", "payer_period") == [(ADA, None, True), (BO, 0, True)]
    assert await former.rows("school, class_name", "schooling") == [
        ("Jules-Ferry", "CE2", None, True),
        ("Jules-Ferry", "CM2", 0, True),
    ]
    assert await former.quotients() == [(700, 70000, None)]


async def test_the_class_of_a_family_stays_while_the_former_version_says_the_same_of_it(owner_url, former):
    await former.does(*REGISTERED)
    await migrate("identity", owner_url)
    await former.does(
        "UPDATE commune SET residency_classes = residency_classes"
        ' || \'[{{"code": "near", "label": "Voisine", "is_resident": true}}]\'',
        "UPDATE residency_period SET residency = 'near'",
        "UPDATE family SET residency = 'resident' WHERE family_id = '{family}'",
    )
    assert await former.rows("residency", "residency_period") == [("near", None, True)]
    await former.does("UPDATE family SET residency = 'non_resident' WHERE family_id = '{family}'")
    assert await former.rows("residency", "residency_period") == [
        ("near", None, True),
        ("non_resident", 0, True),
    ]


async def test_what_begins_at_midnight_is_not_written_over(owner_url, former):
    """The present version reads the day just before it, and writes what held then just after."""
    await former.does(*REGISTERED)
    await migrate("identity", owner_url)
    await former.does(
        "INSERT INTO residency_period VALUES"
        " (gen_random_uuid(), '{commune}', '{family}', 'resident', " + TODAY + ", NULL)",
        "UPDATE family SET residency = 'non_resident' WHERE family_id = '{family}'",
    )
    assert await former.rows("residency", "residency_period") == [
        ("non_resident", None, True),
        ("resident", 0, False),
    ]


async def test_the_decimals_of_a_quotient_stay_while_its_euros_do(owner_url, former):
    await migrate("identity", owner_url)
    await former.does(
        *REGISTERED, "UPDATE quotient SET value = 859, cents = 85999", "UPDATE quotient SET value = 859"
    )
    assert await former.quotients() == [(859, 85999, None)]
