"""Who changed a record last, and when: from the audit log of its service, with the name from identity."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Sequence
from datetime import datetime
from typing import Protocol

from preau.gateway.pages.agents.context import AgentContext
from preau.gateway.pages.forms import LastChange
from preau.wording.happenings import CHANGED, CHANGED_BY_FAMILY

FORMER, FAMILY = "un ancien agent", "la famille"


class Entry(Protocol):
    """An entry of an audit log, whichever service keeps it."""

    @property
    def agent_id(self) -> str: ...
    @property
    def action(self) -> str: ...
    @property
    def recorded_at(self) -> datetime: ...


class Entries(Protocol):
    """The latest entries of one record, the last one first."""

    @property
    def items(self) -> Sequence[Entry]: ...


async def last_change(agent: AgentContext, asked: Awaitable[Entries]) -> LastChange | None:
    """The last change of a record, None when nobody ever changed it."""
    entries, colleagues = await asyncio.gather(asked, agent.identity.colleagues())
    if not entries.items:
        return None
    entry = entries.items[0]
    names = {each.agent_id: each.name for each in colleagues.items}
    is_own = entry.agent_id == agent.session.account_id
    act = CHANGED.get(entry.action, "Modifié")
    unnamed = FAMILY if entry.action in CHANGED_BY_FAMILY else FORMER
    return LastChange(act, names.get(entry.agent_id, unnamed), entry.recorded_at, is_own)
