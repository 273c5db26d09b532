"""Acts on several rows: which ones were ticked, and what became of each."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

from starlette.datastructures import FormData

from preau.gateway.api.problems import UpstreamProblem
from preau.gateway.pages.forms import REFUSED

CHOSEN, WHOLE_PAGE, SHOWN = "chosen", "page", "shown"
"""The fields: a row ticked; the box of the whole page, which needs no JavaScript; a row that was shown."""
AT_A_TIME = 4
NOTHING_CHOSEN = "Cochez au moins une ligne."


def chosen_of(sent: FormData) -> list[UUID]:
    """The rows ticked, or all that the page showed when its box was; each once, in the page's order."""
    name = SHOWN if sent.get(WHOLE_PAGE) else CHOSEN
    texts = [text for text in sent.getlist(name) if isinstance(text, str)]
    return list(dict.fromkeys(found for text in texts if (found := _id(text)) is not None))


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class Outcome:
    """How many rows an act succeeded on, and how often each refusal was given."""

    done: int
    refusals: Counter[str]

    @property
    def refused(self) -> int:
        """How many rows the act was refused on."""
        return self.refusals.total()

    @property
    def kind(self) -> Literal["success", "warning"]:
        """How the outcome is told."""
        return "warning" if self.refusals else "success"

    def sentence(self, done: tuple[str, str], follows: str = "") -> str:
        """What became of the rows: ``done`` says it of one row and of several, ``follows`` what ensues."""
        parts = [f"{self.done} ligne{'s' if self.done > 1 else ''} {done[self.done > 1]}."]
        parts += [follows] if follows and self.done else []
        if self.refused:
            parts.append(
                f"{self.refused} laissée{'s' if self.refused > 1 else ''} en l’état : {self.reasons()}"
            )
        return " ".join(parts)

    def reasons(self) -> str:
        """The refusals as sentences, the most frequent first."""
        return " ".join(
            f"{reason} ({count} fois)" if count > 1 else reason
            for reason, count in self.refusals.most_common()
        )


async def on_each(ids: Iterable[UUID], act: Callable[[UUID], Awaitable[Any]]) -> Outcome:
    """Do something with each row, a few at a time; what a service refuses for one leaves the others done.

    Raises UpstreamProblem for what is no refusal: a service that is away, an agent who may not.
    """
    at_a_time = asyncio.Semaphore(AT_A_TIME)

    async def one(row_id: UUID) -> str | None:
        async with at_a_time:
            try:
                await act(row_id)
            except UpstreamProblem as problem:
                if problem.status not in REFUSED:
                    raise
                return problem.detail or "Ce n’est pas possible."
            return None

    answers = await asyncio.gather(*(one(row_id) for row_id in ids))
    refusals = Counter(answer for answer in answers if answer is not None)
    return Outcome(len(answers) - refusals.total(), refusals)
