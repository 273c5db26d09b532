"""The prices of sample families: what a tariff does, before it counts."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from starlette.responses import Response

from preau.gateway.api.models.billing import PreviewLine
from preau.gateway.pages.agents.context import AgentContext
from preau.gateway.pages.agents.tariffs.forms import family_of, names_of
from preau.gateway.pages.agents.workbench.confirming import NOTHING
from preau.gateway.pages.forms import Change, Form
from preau.gateway.pages.rendering import is_htmx, render_fragments
from preau.wording.amounts import euros

Definition = Mapping[str, Any]
Prices = list[PreviewLine]

SAMPLES = [{"quotient": quotient} for quotient in (300, 612, 850, 1200)] + [
    {"quotient": None},
    {"quotient": 612, "sibling_rank": 2},
    {"quotient": 612, "resident": False},
]


async def prices_of(agent: AgentContext, definition: Definition) -> Prices:
    return (await agent.billing.preview_tariff({"definition": definition, "facts": SAMPLES})).items


async def compared(agent: AgentContext, before: Definition | None, after: Definition) -> list[Change]:
    """The prices of sample families before and after."""
    new = await prices_of(agent, after)
    old = [None] * len(new) if before is None else [*await prices_of(agent, before)]
    return [
        Change(family_of(now), euros(was.amount_cents) if was else NOTHING, euros(now.amount_cents))
        for was, now in zip(old, new, strict=True)
    ]


async def previewed(
    agent: AgentContext,
    form: Form,
    definition: Definition | None,
    page: Callable[[Form, Prices | None], Awaitable[Response]],
) -> Response:
    """The page, or the part of it that shows them, with the prices; none of a form that states no tariff."""
    prices: Prices | None = None
    if definition is not None:
        with form.refusing(names_of(form)):
            prices = await prices_of(agent, definition)
    if is_htmx(agent.request):
        context: dict[str, object] = {"preview": prices, "form": form, "family_of": family_of}
        return render_fragments(agent.request, ["agents/tariffs/_prices.html"], context)
    return await page(form, prices)
