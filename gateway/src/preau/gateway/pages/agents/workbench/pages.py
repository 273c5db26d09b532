"""The page of a list: the same for all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from starlette.responses import Response

from preau.gateway.api.problems import UpstreamProblem
from preau.gateway.pages import flash
from preau.gateway.pages.agents.context import AgentContext
from preau.gateway.pages.agents.workbench.columns import Row
from preau.gateway.pages.agents.workbench.listing import Asked, Bulk, Listing, Option, Table
from preau.gateway.pages.rendering import see_other

WRONG_FILTER = "Ce filtre n’est pas valide : il a été retiré."


async def list_page(
    agent: AgentContext,
    listing: Listing[Row],
    template: str,
    tab: str,
    options: Mapping[str, Iterable[Option]] | None = None,
) -> Response:
    """The page that the address asks for, over a template that needs nothing else."""
    table = await table_or_first(agent, listing, options)
    return table if isinstance(table, Response) else agent.page(template, tab, table=table)


async def table_or_first(
    agent: AgentContext,
    listing: Listing[Row],
    options: Mapping[str, Iterable[Option]] | None = None,
    bulk: Bulk | None = None,
) -> Table[Row] | Response:
    """The page that the address asks for; without the filters that the service refuses, and told so.

    A day that cannot be is told by its field, and stays there; the list is given as if it were empty.
    """
    asked = listing.asked(agent.request.query_params)
    wrong = listing.faults(asked)
    while True:
        try:
            return await listing.table(agent, asked, options=options, bulk=bulk, wrong=wrong)
        except UpstreamProblem as problem:
            if problem.status != 422 or not agent.request.query_params:
                raise
            refused = listing.refused(problem.field_errors)
            days = {name: message for name, message in refused.items() if listing.is_day(name)}
            if not days.keys() - wrong.keys():
                flash.add(agent.request, "warning", WRONG_FILTER)
                return see_other(listing.path + _sound(asked, set(refused)).query())
            wrong |= days


def _sound(asked: Asked, refused: set[str]) -> Asked:
    """The first page in the same order, without the filters refused; without any, if none of them is."""
    kept = {name: value for name, value in asked.filters.items() if name not in refused}
    is_known = len(kept) < len(asked.filters) or "cursor" in refused
    return Asked(filters=kept if is_known else {}, sort=asked.sort)
