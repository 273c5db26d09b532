"""The demonstration's régies and tariffs, with fixed ids: each service seeds itself."""

from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from preau.billing.regies import repository as regies
from preau.billing.tariffs import repository as tariffs
from preau.billing.tariffs.definition import DEFINITION, stored
from preau.billing.tariffs.faults import faults
from preau.billing.tariffs.service import publish
from preau.common.db.database import Database
from preau.common.ids import new_id


def _fixed(tail: str) -> UUID:
    return UUID(f"01900000-0000-7000-8000-{tail:0>12}")


JOLIEVILLE, BEAUVAL = _fixed("1"), _fixed("2")
MEALS, LEISURE, CHILDHOOD = _fixed("a1"), _fixed("a2"), _fixed("a3")
SINCE = date(2025, 9, 1)


class _Regie(NamedTuple):
    regie_id: UUID
    commune_id: UUID
    code: str
    label: str


REGIES = (
    _Regie(MEALS, JOLIEVILLE, "RS", "Régie restauration scolaire"),
    _Regie(LEISURE, JOLIEVILLE, "AL", "Régie accueils et loisirs"),
    _Regie(CHILDHOOD, BEAUVAL, "EN", "Régie enfance"),
)


def _by_quotient(prices: tuple[int, int, int, int], non_resident_cents: int) -> dict[str, Any]:
    """Four bands, the second child 10 % off, and a price of their own for families from elsewhere."""
    bounds = ((0, 400), (400, 700), (700, 1000), (1000, None))
    bands = [
        {"from": lower, "to": upper, "label": label, "amount_cents": cents}
        for (lower, upper), label, cents in zip(bounds, "ABCD", prices, strict=True)
    ]
    residents = {"residencies": ["resident"]}
    return {
        "quotient": {"missing": {"kind": "band", "label": "D"}},
        "rows": [
            {"when": residents, "price": {"kind": "bands", "bands": bands}},
            {"label": "hors commune", "price": {"kind": "flat", "amount_cents": non_resident_cents}},
        ],
        "steps": [{"kind": "percent", "percent": -10, "when": residents | {"rank": {"from": 2}}}],
    }


def _meals(prices: tuple[int, int, int, int], non_resident_cents: int) -> dict[str, Any]:
    """Six tenths of the price are food, which the tax certificate leaves out; the rest is care."""
    return _by_quotient(prices, non_resident_cents) | {
        "components": [
            {"code": "repas", "label": "Repas", "food": True, "percent": 60},
            {"code": "garde", "label": "Garde"},
        ]
    }


def _flat(cents: int) -> dict[str, Any]:
    return {"rows": [{"price": {"kind": "flat", "amount_cents": cents}}]}


TARIFFS: tuple[tuple[UUID, UUID, dict[str, Any]], ...] = (
    (JOLIEVILLE, _fixed("c1"), _meals((120, 260, 345, 480), 560)),
    (JOLIEVILLE, _fixed("c2"), _flat(140)),
    (JOLIEVILLE, _fixed("c3"), _flat(210)),
    (JOLIEVILLE, _fixed("c4"), _by_quotient((400, 750, 1100, 1550), 1900)),
    (BEAUVAL, _fixed("c5"), _meals((110, 240, 330, 460), 540)),
)


async def seed(database: Database) -> None:
    """Add what is missing; what agents changed since stays."""
    for commune_id in (JOLIEVILLE, BEAUVAL):
        async with database.transaction(commune_id) as session:
            await _seed_regies(session, commune_id)
            await _seed_tariffs(session, commune_id)


async def _seed_regies(session: AsyncSession, commune_id: UUID) -> None:
    for regie in REGIES:
        if regie.commune_id == commune_id:
            await regies.add(session, regie._asdict() | {"due_days": 30, "series_prefix": regie.code})


async def _seed_tariffs(session: AsyncSession, commune_id: UUID) -> None:
    known = {tariff.activity_id for tariff in await tariffs.current(session)}
    for owner, activity_id, stated in TARIFFS:
        if owner != commune_id or activity_id in known:
            continue
        definition = DEFINITION.validate_python(stated)
        if found := faults(definition):
            raise ValueError(f"the demonstration's tariff of {activity_id} is faulty: {found}")
        await tariffs.add(
            session,
            {
                "tariff_id": new_id(),
                "commune_id": commune_id,
                "activity_id": activity_id,
                "effective_from": SINCE,
                "definition": stored(definition),
            },
        )
        await publish(session, owner, activity_id)
