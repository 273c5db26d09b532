"""Tariffs as a run keeps them: what an agent states later does not change it."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from preau.billing.tariffs.definition import DEFINITION
from preau.billing.tariffs.domain import Tariff


def freeze(tariffs: Mapping[UUID, Sequence[Tariff]]) -> dict[str, Any]:
    """Tariffs by activity, as JSON."""
    return {
        str(activity_id): [
            {
                "effective_from": tariff.effective_from.isoformat(),
                "definition": DEFINITION.dump_python(tariff.definition, mode="json", by_alias=True),
            }
            for tariff in stated
        ]
        for activity_id, stated in tariffs.items()
    }


def thaw(frozen: Mapping[str, Any]) -> dict[UUID, list[Tariff]]:
    """The reverse of `freeze`."""
    return {
        UUID(activity_id): [
            Tariff(
                date.fromisoformat(tariff["effective_from"]), DEFINITION.validate_python(tariff["definition"])
            )
            for tariff in stated
        ]
        for activity_id, stated in frozen.items()
    }
