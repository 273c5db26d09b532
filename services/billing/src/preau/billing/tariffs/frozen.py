"""Tariffs as a run keeps them: what an agent states later does not change it."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from preau.billing.tariffs.definition import DEFINITION, stored
from preau.billing.tariffs.domain import PriceList, Tariff


def freeze(prices: PriceList) -> dict[str, Any]:
    """A price list as JSON."""
    return {
        str(activity_id): [
            {
                "effective_from": tariff.effective_from.isoformat(),
                "definition": stored(tariff.definition),
            }
            for tariff in stated
        ]
        for activity_id, stated in prices.tariffs.items()
    }


def thaw(frozen: Mapping[str, Any]) -> PriceList:
    """The reverse of `freeze`."""
    return PriceList(
        {
            UUID(activity_id): [
                Tariff(
                    date.fromisoformat(tariff["effective_from"]),
                    DEFINITION.validate_python(tariff["definition"]),
                )
                for tariff in stated
            ]
            for activity_id, stated in frozen.items()
        }
    )
