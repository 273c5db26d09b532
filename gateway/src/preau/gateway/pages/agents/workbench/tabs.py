"""A long record in tabs: each has an address of its own and asks only the services that it needs.

Without JavaScript a tab is a link like another. With htmx the part under them is swapped alone; address and
title follow, and the focus stays on the tab.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from preau.gateway.pages.agents.context import AgentContext


@dataclass(frozen=True, slots=True)
class Tab:
    """One tab: its address follows that of the record. Without ``roles`` it is for all who see the record."""

    key: str
    text: str
    path: str = ""
    roles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Tabs:
    """The tabs of a record as a page shows them."""

    links: Sequence[tuple[str, str, str]]
    """Key, text and address of each."""
    current: str

    @property
    def title(self) -> str:
        """What the page's title says of the tab."""
        return next((text for key, text, _ in self.links if key == self.current), "")


def tabs_of(agent: AgentContext, tabs: Sequence[Tab], record: str, current: str) -> Tabs:
    """Those that the agent's roles open, under the record's address."""
    shown = [each for each in tabs if not each.roles or agent.session.may(*each.roles)]
    return Tabs([(each.key, each.text, f"{record}{each.path}") for each in shown], current)
