"""What every page with the terms of a tariff needs around its form."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, NamedTuple

from starlette.datastructures import FormData
from starlette.responses import Response

from preau.gateway.pages.agents.context import AgentContext
from preau.gateway.pages.agents.tariffs import words
from preau.gateway.pages.agents.tariffs.codes import OwnCodes, own_codes
from preau.gateway.pages.agents.tariffs.faults import naming, told_by_line
from preau.gateway.pages.agents.tariffs.samples import SamplePrice, prices_of
from preau.gateway.pages.agents.tariffs.terms import BLANK, LEAST, MOST, TermsForm
from preau.gateway.pages.agents.workbench.rows import ADD, rows_shown
from preau.gateway.pages.forms import Form
from preau.gateway.pages.rendering import is_htmx, render_fragments
from preau.wording.kinds import LEVEL, RESIDENCY

Prices = Sequence[SamplePrice]
CHOICES = {
    "quantity": words.options(words.QUANTITY),
    "slices_of": words.options(words.SLICES_OF),
    "minutes": [(minutes, f"{minutes} min") for minutes in ("15", "30", "60")],
    "price": words.options(words.PRICE),
    "bands_of": words.options(words.BANDS_OF),
    "missing": words.options(words.MISSING),
    "step": words.options(words.STEP),
    "supplement": words.options(words.SUPPLEMENT),
    "once": words.options(words.ONCE),
    "counts": words.options(words.COUNTS),
    "retroactive": words.options(words.RETROACTIVE),
    "siblings": words.options(words.SIBLINGS),
    "regularity": words.options(words.REGULARITY),
    "booked": words.options(words.BOOKED),
    "present": words.options(words.PRESENT),
}
"""The choices of the form's fields."""


class Known(NamedTuple):
    """What a tariff may name: the activities, and the residencies and categories as they are typed."""

    activities: dict[str, str]
    codes: OwnCodes

    @property
    def residencies(self) -> list[str]:
        return [*RESIDENCY.values(), *self.codes.residencies.by_code.values()]

    @property
    def categories(self) -> list[str]:
        return [*LEVEL.values(), *self.codes.categories.by_code.values()]


def terms_context(form: Form, known: Known, prices: Prices | None) -> dict[str, Any]:
    """What the terms of a tariff are shown with."""
    return {
        "form": told_by_line(form),
        "rows": {name: rows_shown(form, name, LEAST[name], most) for name, most in MOST.items()},
        "most": MOST,
        "added": form.value(ADD),
        "choices_of": CHOICES,
        "activity_labels": known.activities,
        "known": known,
        "is_filled": _Filled(form),
        "prices": prices,
    }


class _Filled:
    """Whether a part of the form says something: else it stays folded."""

    def __init__(self, form: Form) -> None:
        self._said = [name for name, value in form.values.items() if value and value != BLANK.get(name, "")]
        self._said += [*form.errors, f"{form.value(ADD)}."]

    def __call__(self, prefix: str, *parts: str) -> bool:
        prefixes = tuple(f"{prefix}{part}" for part in parts or ("",))
        return any(name.startswith(prefixes) for name in self._said)


async def activity_labels(agent: AgentContext) -> dict[str, str]:
    """The commune's activities with their sites, by id."""
    activities, sites = await asyncio.gather(agent.reservations.activities(), agent.reservations.sites())
    labels = {site.site_id: site.label for site in sites.items}
    return {each.activity_id: f"{labels.get(each.site_id, '')} · {each.label}" for each in activities.items}


async def known_of(agent: AgentContext) -> Known:
    """What the agent's commune has: our words for what all communes know, its own for the rest."""
    return Known(*await asyncio.gather(activity_labels(agent), own_codes(agent)))


async def previewed(
    agent: AgentContext, data: FormData, page: Callable[[Form, Prices | None], Awaitable[Response]]
) -> Response:
    """The page, or the part of it that shows them, with the prices of the sample families."""
    form, stated = TermsForm.sent(data)
    prices: Prices | None = None
    if stated is not None:
        with form.refusing(naming(form)):
            codes = await own_codes(agent)
            prices = await prices_of(agent, codes.coded(stated.definition()), stated.samples, codes)
    if is_htmx(agent.request):
        context: dict[str, object] = {"prices": prices, "form": told_by_line(form)}
        return render_fragments(agent.request, ["agents/tariffs/_prices.html"], context)
    return await page(form, prices)
