"""The commune's own residencies and categories: agents type and read their names, billing has codes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple, TypeVar

from preau.gateway.api.models.billing import (
    Conditions,
    Free,
    RowOutput,
    SupplementOutput,
    TariffDefinitionOutput,
)
from preau.gateway.api.models.identity import AgentCommuneOut
from preau.gateway.pages.agents.context import AgentContext
from preau.gateway.pages.agents.tariffs.steps import Step
from preau.wording.kinds import LEVEL, RESIDENCY

Part = TypeVar("Part", bound=RowOutput | Step | SupplementOutput | Free)


class Names(NamedTuple):
    """What the codes of a list are called, where that tells them apart; else a code is called by itself."""

    by_code: Mapping[str, str]

    def said(self, code: str) -> str:
        return self.by_code.get(code, code)

    def code_of(self, typed: str) -> str:
        """The code of what was typed: its name, in capitals or not; what is no name is a code."""
        if typed in self.by_code:
            return typed
        named = (code for code, name in self.by_code.items() if name.casefold() == typed.casefold())
        return next(named, typed)


class OwnCodes(NamedTuple):
    """What a commune calls its own residencies and categories."""

    residencies: Names
    categories: Names

    def said(self, definition: TariffDefinitionOutput) -> TariffDefinitionOutput:
        """A definition of billing's, with names in its conditions."""
        return _renamed(definition, self._said)

    def coded(self, definition: TariffDefinitionOutput) -> TariffDefinitionOutput:
        """A definition with names, as billing takes it."""
        return _renamed(definition, self._coded)

    def said_of(self, part: Part) -> Part:
        """A part of a definition of billing's, with names in its conditions."""
        return _with(part, self._said)

    def _said(self, when: Conditions) -> Conditions:
        return _where(when, self.residencies.said, self.categories.said)

    def _coded(self, when: Conditions) -> Conditions:
        return _where(when, self.residencies.code_of, self.categories.code_of)


def _where(when: Conditions, residency: Callable[[str], str], category: Callable[[str], str]) -> Conditions:
    changed = {
        "residencies": [residency(each) for each in when.residencies],
        "categories": [category(each) for each in when.categories],
    }
    return when.model_copy(update=changed)


def _with(part: Part, change: Callable[[Conditions], Conditions]) -> Part:
    return part.model_copy(update={"when": change(part.when)})


def _renamed(
    definition: TariffDefinitionOutput, change: Callable[[Conditions], Conditions]
) -> TariffDefinitionOutput:
    return definition.model_copy(
        update={
            "rows": [_with(row, change) for row in definition.rows],
            "steps": [_with(step, change) for step in definition.steps],
            "supplements": [_with(each, change) for each in definition.supplements],
            "free": [_with(each, change) for each in definition.free],
        }
    )


def codes_of_commune(commune: AgentCommuneOut) -> OwnCodes:
    """The codes that are a commune's own: those that all communes have are called by our words."""
    return OwnCodes(
        _names(RESIDENCY, [(each.code, each.label) for each in commune.residency_classes]),
        _names(LEVEL, [(each.code, each.label) for each in commune.child_categories]),
    )


def _names(words: Mapping[str, str], own: Iterable[tuple[str, str]]) -> Names:
    listed = {code: name for code, name in own if code not in words}
    known = [*words.items(), *listed.items()]
    called = Counter(text for pair in known for text in {each.casefold() for each in pair})
    return Names({code: name if called[name.casefold()] == 1 else code for code, name in listed.items()})


async def own_codes(agent: AgentContext) -> OwnCodes:
    """Those of the agent's commune. May raise UpstreamProblem."""
    return codes_of_commune(await agent.identity.commune())
