"""A form over a record: it changes what it was opened on, and never what another agent saved meanwhile.

The form carries the version that it was opened on. Over another one nothing is written: the form comes back
with what was typed, beside what stands now, and with the present version: so it can be saved over it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from starlette.responses import Response

from preau.gateway.api.problems import UpstreamProblem
from preau.gateway.pages import flash
from preau.gateway.pages.agents.context import AgentContext
from preau.gateway.pages.agents.workbench.confirming import (
    Shown,
    changes_told,
    confirmation,
    goes_back,
    is_confirmed,
)
from preau.gateway.pages.agents.workbench.last_change import Entries, last_change
from preau.gateway.pages.agents.workbench.rows import arranged, asks_for_rows
from preau.gateway.pages.form_fields import PerhapsWhole
from preau.gateway.pages.form_models import FormModel
from preau.gateway.pages.forms import Change, Facts, Form, LastChange, Meanwhile, Naming, changes, own_name
from preau.gateway.pages.rendering import see_other

VERSION = "version"
"""The field that says which version of the record a form was opened on."""
CHANGED_MEANWHILE = frozenset({"changed-meanwhile", "booking-changed"})
"""The problems that say that a record is no longer what was seen."""


class EditForm(FormModel):
    """A form over a record. Without the version that it was opened on it has seen none."""

    version: PerhapsWhole = None

    def facts(self) -> dict[str, Any]:
        """What the form states of the record: all that it sent."""
        return self.model_dump(exclude_unset=True, exclude={VERSION})


def _facts(stated: EditForm, _: object) -> Mapping[str, Any]:
    return stated.facts()


class Versioned(Facts, Protocol):
    """A record that counts its changes."""

    @property
    def version(self) -> int: ...


Stated = TypeVar("Stated", bound=EditForm)
Record = TypeVar("Record", bound=Versioned)


@dataclass(frozen=True)
class Saving:
    """How a change of a record is told before it is saved: its title, whom it concerns, its effects."""

    title: str
    concerns: str = ""
    effects: Sequence[Change] = ()


@dataclass(frozen=True)
class Edit(Generic[Stated, Record]):
    """One form over one record.

    ``read`` gives the record as it stands, ``save`` writes what is otherwise on the version seen. ``body`` is
    what a form states in terms of the record, else its own. ``page`` shows the form again; ``told``
    is asked before anything is saved, where there is a summary to confirm. ``journal`` knows who changed the
    record. ``names`` gives the form's field for a name of the service's.
    """

    tab: str
    model: type[Stated]
    shown: Mapping[str, Shown]
    read: Callable[[Stated], Awaitable[Record]]
    save: Callable[[Stated, dict[str, Any], int], Awaitable[object]]
    page: Callable[[Form], Awaitable[Response]]
    done: str
    to: str
    body: Callable[[Stated, Record], Mapping[str, Any]] = _facts
    told: Callable[[Stated, Record, dict[str, Any]], Awaitable[Saving]] | None = None
    journal: Callable[[], Awaitable[Entries]] | None = None
    names: Callable[[Form], Naming] = lambda _: own_name


async def edited(agent: AgentContext, edit: Edit[Stated, Record]) -> Response:
    """What follows on a form: its page again, the summary of what it changes, or the record saved."""
    data = await agent.request.form()
    form, stated = edit.model.sent(data)
    if goes_back(data) or asks_for_rows(data):
        return await edit.page(Form(arranged(form.values)))
    if stated is None:
        return await edit.page(form)
    present = await edit.read(stated)
    changed = changes(edit.body(stated, present), present)
    told = None if is_confirmed(data) else edit.told
    try:
        if changed and (stated.version is None or (told and stated.version != present.version)):
            return await edit.page(await _over(agent, form, edit, stated))
        if changed and told:
            saving = await told(stated, present, changed)
            lines = [*changes_told(changed, present, edit.shown), *saving.effects]
            return confirmation(agent, edit.tab, data, lines, title=saving.title, concerns=saving.concerns)
        if changed and stated.version is not None:  # the service has the last word on whether it still stands
            await edit.save(stated, changed, stated.version)
    except UpstreamProblem as problem:
        if problem.type in CHANGED_MEANWHILE:
            return await edit.page(await _over(agent, form, edit, stated))
        form.refuse(problem, edit.names(form))
        return await edit.page(form)
    flash.add(agent.request, "success", edit.done)
    return see_other(edit.to)


async def _over(agent: AgentContext, form: Form, edit: Edit[Stated, Record], stated: Stated) -> Form:
    """The form as it was typed, over the record that stands now."""
    present = await edit.read(stated)
    changed = changes(edit.body(stated, present), present)
    lines = changes_told(changed, present, edit.shown)
    by = None if edit.journal is None else await last_change(agent, edit.journal())
    return over_another(form, present.version, lines, edit.to, by)


def over_another(
    form: Form, version: int | None, lines: Sequence[Change], again: str, by: LastChange | None = None
) -> Form:
    """The form as it was typed, with how it differs from what stands now and from now on over that."""
    form.meanwhile = Meanwhile(lines, again, by)
    if version is not None:
        form.values[VERSION] = str(version)
    return form
