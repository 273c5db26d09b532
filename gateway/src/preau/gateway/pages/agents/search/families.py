"""Families that hold the words typed, and what tells one from another: for every page where one is found."""

from __future__ import annotations

from preau.gateway.api.models.identity import FamilyOut, PageFamilyOut
from preau.gateway.api.problems import UpstreamProblem
from preau.gateway.pages.agents.context import AgentContext
from preau.gateway.pages.input_values import writable

SHOWN = 10
SHORTEST = 2
"""Fewer signs would find everything."""
LONGEST = 100


def searched(typed: str) -> str:
    """The words to search for, "" when they are too few."""
    text = writable(typed).strip()[:LONGEST]
    return text if len(text) >= SHORTEST else ""


async def families_found(agent: AgentContext, text: str, *, status: str = "") -> PageFamilyOut | None:
    """The first families found; None when identity does not answer or does not take the text."""
    try:
        return await agent.identity.families(q=text, status=status, cursor="", limit=SHOWN)
    except UpstreamProblem:
        return None


def told_apart(family: FamilyOut) -> str:
    """Who the guardians are and where they live."""
    names = [f"{person.first_name} {person.last_name}" for person in family.guardians]
    return ", ".join([*names, *([family.address.city] if family.address.city else [])])
