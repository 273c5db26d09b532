"""What a form would change, told before it is saved: each field before and after, and whom it concerns.

The form's fields wait hidden in that page, so that both ways, on and back, keep all that was typed.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from starlette.datastructures import FormData
from starlette.responses import Response

from preau.gateway.pages.agents.context import AgentContext
from preau.gateway.pages.agents.workbench.rows import ACTS
from preau.gateway.pages.forms import Change, Facts

OWN = frozenset({"csrf_token", "action", "confirmed", *ACTS})
"""Fields of the page, not of the form."""
NOTHING = "–"


@dataclass(frozen=True, slots=True)
class Shown:
    """A field as the summary tells it: its label, and the words for its values."""

    label: str
    word: Callable[[Any], str] = str


def changes_told(changed: Mapping[str, Any], present: Facts, shown: Mapping[str, Shown]) -> list[Change]:
    """The lines for what ``changed`` states otherwise than ``present``; parts of a group one by one."""
    return list(_told(changed, present.model_dump(mode="json"), shown))


def _told(
    changed: Mapping[str, Any], present: Mapping[str, Any], shown: Mapping[str, Shown]
) -> Iterator[Change]:
    for name, value in changed.items():
        field, before = shown.get(name), present.get(name)
        if field is not None:
            texts = [field.word(each) if each not in (None, "", []) else NOTHING for each in (before, value)]
            if texts[0] != texts[1]:
                yield Change(field.label, *texts)
        elif isinstance(value, dict) and isinstance(before, dict):
            yield from _told(cast("dict[str, Any]", value), cast("dict[str, Any]", before), shown)


def among(options: Sequence[tuple[str, str]]) -> Callable[[Any], str]:
    """The word of a code among the options of a field."""
    words = dict(options)
    return lambda code: words.get(str(code), str(code))


def is_confirmed(data: FormData) -> bool:
    """Whether the agent has seen the summary and goes on."""
    return data.get("confirmed") == "yes"


def goes_back(data: FormData) -> bool:
    """Whether the agent goes back from the summary to the form."""
    return data.get("action") == "edit"


def kept_of(data: FormData, beside: Collection[str] = ()) -> list[tuple[str, str]]:
    """The form's fields, for the page that comes in between, but those that it shows ``beside``."""
    return [
        (name, text)
        for name, text in data.multi_items()
        if isinstance(text, str) and name not in OWN and name not in beside
    ]


def confirmation(
    agent: AgentContext,
    tab: str,
    data: FormData,
    changes: Sequence[Change],
    *,
    title: str,
    concerns: str = "",
) -> Response:
    """The summary; ``concerns`` says whom or what the change touches. It is sent where the form was sent."""
    return agent.page(
        "confirm",
        tab,
        title=title,
        changes=changes,
        concerns=concerns,
        kept=kept_of(data),
        to=agent.request.url.path,
    )
