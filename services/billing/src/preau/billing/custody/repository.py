"""SQL of custodies. Who reads them to write charges comes before who changes them, child by child."""

import json
from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from preau.billing.custody.domain import Terms
from preau.common.db.database import hot
from preau.common.db.driver import Statement
from preau.contracts.custody import Custody

_EACH = "FROM (SELECT id FROM unnest(CAST(:children AS uuid[])) AS c (id) ORDER BY id) AS each"
_KEY = "hashtextextended('custody ' || id, 0)"
_COME_BEFORE = Statement(f"SELECT pg_advisory_xact_lock_shared({_KEY}) {_EACH}")
_TAKE_TURN = Statement(f"SELECT pg_advisory_xact_lock({_KEY}) {_EACH}")
_OF_CHILDREN = Statement(
    "SELECT child_id, family_id, CAST(terms AS text) AS terms FROM child_custody"
    " WHERE child_id = ANY (CAST(:children AS uuid[]))"
)
_OF_FAMILY = Statement(
    "SELECT child_id, family_id, CAST(terms AS text) AS terms FROM child_custody"
    " WHERE family_id = CAST(:family_id AS uuid)"
)
_FORGET = Statement("DELETE FROM child_custody WHERE child_id = CAST(:child_id AS uuid)")
_KEEP = Statement(
    "INSERT INTO child_custody (child_id, commune_id, family_id, terms) VALUES (CAST(:child_id AS uuid),"
    " CAST(:commune_id AS uuid), CAST(:family_id AS uuid), CAST(CAST(:terms AS text) AS jsonb))"
    " ON CONFLICT (child_id) DO UPDATE SET family_id = excluded.family_id, terms = excluded.terms"
)


async def terms_held(session: AsyncSession, children: Collection[UUID]) -> dict[UUID, Terms]:
    """The custodies of the children that have any, which nobody changes before this transaction ends."""
    names = {"children": list(children)}
    await hot(session).rows(_COME_BEFORE, names)
    return _read(await hot(session).rows(_OF_CHILDREN, names))


async def of_family(session: AsyncSession, family_id: UUID) -> dict[UUID, Terms]:
    """The custodies of the children whose home a family is."""
    return _read(await hot(session).rows(_OF_FAMILY, {"family_id": family_id}))


async def replace(session: AsyncSession, commune_id: UUID, terms: Mapping[UUID, Terms]) -> None:
    """Write the custodies of children; who writes their charges meanwhile is waited for, and waits."""
    await hot(session).rows(_TAKE_TURN, {"children": list(terms)})
    for child_id, each in terms.items():
        if not each.custodies:
            await hot(session).rows(_FORGET, {"child_id": child_id})
            continue
        told = [custody.model_dump(mode="json") for custody in each.custodies]
        await hot(session).rows(
            _KEEP,
            {
                "child_id": child_id,
                "commune_id": commune_id,
                "family_id": each.home_id,
                "terms": json.dumps(told),
            },
        )


def _read(rows: Collection[Any]) -> dict[UUID, Terms]:
    return {
        row["child_id"]: Terms(
            row["family_id"], tuple(Custody.model_validate(each) for each in json.loads(row["terms"]))
        )
        for row in rows
    }
