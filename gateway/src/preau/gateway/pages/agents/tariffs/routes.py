"""Tariffs by activity: in force, to come and past, each in a few words."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from fastapi import APIRouter
from starlette.responses import Response

from preau.gateway.api.models.billing import TariffOut
from preau.gateway.pages.agents.context import BillingAgent
from preau.gateway.pages.agents.tariffs.codes import OwnCodes, own_codes
from preau.gateway.pages.agents.tariffs.page import activity_labels
from preau.gateway.pages.agents.tariffs.words import in_short

router = APIRouter()

STATES = {"coming": ("À venir", "calm"), "now": ("En vigueur", "good"), "past": ("Passé", "neutral")}


class TariffLine(NamedTuple):
    """A tariff as the list tells it."""

    effective_from: date
    state: tuple[str, str]
    words: list[str]


@router.get("/agent/tarifs")
async def list_tariffs(agent: BillingAgent) -> Response:
    """The tariffs by activity, newest first."""
    tariffs, labels, codes = await asyncio.gather(
        agent.billing.tariffs(), activity_labels(agent), own_codes(agent)
    )
    stated: dict[str, list[TariffOut]] = {}
    for tariff in sorted(tariffs.items, key=lambda each: each.effective_from, reverse=True):
        stated.setdefault(tariff.activity_id, []).append(tariff)
    by_activity = {
        activity_id: _lines(stated[activity_id], agent.today, codes)
        for activity_id in sorted(stated, key=lambda each: labels.get(each, ""))
    }
    return agent.page("tariffs/list", "tariffs", labels=labels, by_activity=by_activity)


def _lines(newest_first: Sequence[TariffOut], today: date, codes: OwnCodes) -> list[TariffLine]:
    begun = [each.effective_from for each in newest_first if each.effective_from <= today]
    lines: list[TariffLine] = []
    for tariff in newest_first:
        day = tariff.effective_from
        state = "coming" if day > today else "now" if day == begun[0] else "past"
        lines.append(TariffLine(day, STATES[state], in_short(codes.said(tariff.definition))))
    return lines
