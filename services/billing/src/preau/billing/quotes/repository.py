"""All that a quote depends on, in one look on the driver: a basket's page asks for one."""

import json
from collections.abc import Collection
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

from preau.billing.charges.domain import BILLABLE
from preau.billing.charges.repository import IS_BILLABLE
from preau.billing.copies.families import FamilyRecord
from preau.billing.tariffs.definition import DEFINITION
from preau.billing.tariffs.domain import PriceList, Tariff
from preau.billing.tariffs.months import months_with
from preau.billing.tariffs.occasions import Occasion
from preau.common.db.driver import DriverTransaction, Statement

LOOK = Statement(f"""
SELECT
    (SELECT CAST(f.record AS text) FROM family_copy f WHERE f.family_id = CAST(:family AS uuid)) AS record,
    ARRAY(SELECT ROW(a.activity_id, a.regie_id, a.payment_mode) FROM activity_copy a
        WHERE a.activity_id = ANY(CAST(:activities AS uuid[]))) AS activities,
    ARRAY(SELECT ROW(t.activity_id, t.effective_from, CAST(t.definition AS text)) FROM tariff t
        WHERE t.superseded_at IS NULL AND t.activity_id = ANY(CAST(:activities AS uuid[]))
        ORDER BY t.activity_id, t.effective_from) AS tariffs,
    ARRAY(SELECT ROW(r.regie_id, r.label) FROM regie r ORDER BY r.code) AS regies,
    ARRAY(SELECT ROW(c.child_id, c.activity_id, c.service_date) FROM charge c
        WHERE c.family_id = CAST(:family AS uuid) AND c.service_date >= CAST(:first AS date)
            AND c.service_date < CAST(:after AS date) AND {IS_BILLABLE}
        ORDER BY c.booking_id) AS booked
""")  # noqa: S608 - constants only


class QuotedActivity(NamedTuple):
    """What a quote says of an activity."""

    activity_id: UUID
    regie_id: UUID
    payment_mode: str


class QuotedRegie(NamedTuple):
    """A régie by its name."""

    regie_id: UUID
    label: str


class Look(NamedTuple):
    """What a quote depends on; without a ``family`` its copy has not come yet."""

    family: FamilyRecord | None
    activities: dict[UUID, QuotedActivity]
    prices: PriceList
    regies: list[QuotedRegie]
    booked: list[Occasion]


def asked(family_id: UUID, occasions: Collection[Occasion]) -> dict[str, Any]:
    """The parameters of the look for what a family would book."""
    months = months_with([occasion.service_date for occasion in occasions])
    return {
        "family": family_id,
        "activities": list({occasion.activity_id for occasion in occasions}),
        **months._asdict(),
        "billable": sorted(BILLABLE),
    }


async def look(transaction: DriverTransaction, family_id: UUID, occasions: Collection[Occasion]) -> Look:
    """The family, those of the activities that we know, their tariffs, the commune's régies by code, and what
    the family has booked in those months."""
    [row] = await transaction.rows(LOOK, asked(family_id, occasions))
    activities = [QuotedActivity(*each) for each in row["activities"]]
    return Look(
        FamilyRecord(json.loads(row["record"])) if row["record"] else None,
        {each.activity_id: each for each in activities},
        _price_list(row["tariffs"]),
        [QuotedRegie(*each) for each in row["regies"]],
        [Occasion(*each) for each in row["booked"]],
    )


def _price_list(rows: list[tuple[UUID, date, str]]) -> PriceList:
    found: dict[UUID, list[Tariff]] = {}
    for activity_id, effective_from, definition in rows:
        found.setdefault(activity_id, []).append(Tariff(effective_from, _definition(definition)))
    return PriceList(found)


@lru_cache(maxsize=1024)
def _definition(text: str) -> Any:
    """A tariff's definition, which is a value: the same text is the same definition."""
    return DEFINITION.validate_json(text)
