"""A form as it is shown: what was typed, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, cast

from preau.gateway.api.problems import UpstreamProblem

NOT_THE_SAME = "Les deux mots de passe ne sont pas les mêmes."
REFUSED = frozenset({400, 404, 409, 410, 413, 415, 422, 429})
"""What a form tells and keeps what was typed with; a record that is gone ends in its own 404."""


Naming = Callable[[str], str | None]
"""This form's field for a name of a service's, where it is another."""


def own_name(_: str) -> None:
    """The names of the service are those of the form."""


class Facts(Protocol):
    """A record as its model tells it."""

    def model_dump(self, *, mode: str = ...) -> dict[str, Any]: ...


def changes(stated: Mapping[str, Any], record: Facts) -> dict[str, Any]:
    """What a form states otherwise than the record has it; what is left out of a PATCH stays as it is.

    A form sends texts: "120" says the same as 120.
    """
    present = record.model_dump(mode="json")
    return {name: value for name, value in stated.items() if not _same(value, present.get(name))}


def _same(stated: Any, present: Any) -> bool:
    match stated:
        case dict():
            parts = cast("dict[str, Any]", stated)
            whole = cast("dict[str, Any]", present) if isinstance(present, dict) else {}
            return all(_same(value, whole.get(name)) for name, value in parts.items())
        case list():
            return stated == present
        case _:
            return _text(stated) == _text(present)


def _text(value: Any) -> str:
    return "" if value is None else str(value)


@dataclass(frozen=True, slots=True)
class Change:
    """A field before and after."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class LastChange:
    """Who changed a record last, when and how; ``is_own`` when it was whoever asks."""

    act: str
    name: str
    at: datetime
    is_own: bool


@dataclass(frozen=True, slots=True)
class Meanwhile:
    """What another agent saved while a form was open: how its ``lines`` differ from what was typed."""

    lines: Sequence[Change]
    again: str
    """The address of the form as it stands now, without what was typed."""
    by: LastChange | None = None


def no_values() -> dict[str, Any]:
    return {}


def no_errors() -> dict[str, str]:
    return {}


@dataclass(slots=True)
class Form:
    """Values by field, a list for those with several; errors by field, and one for the whole."""

    values: dict[str, Any] = field(default_factory=no_values)
    errors: dict[str, str] = field(default_factory=no_errors)
    failure: str = ""
    meanwhile: Meanwhile | None = None
    rows: dict[str, list[int]] = field(default_factory=dict[str, list[int]])
    """For each group of rows, the row of the form that each of its entries was typed in."""
    labels: dict[str, str] = field(default_factory=dict[str, str])
    """What the fields are called, where the summary of errors needs it."""
    unnamed: set[str] = field(default_factory=set[str])
    """Fields whose error does not name the field: the summary does."""

    def value(self, name: str) -> Any:
        """What was typed, "" when nothing was."""
        found = self.values.get(name)
        return "" if found is None else found

    def has(self, name: str, option: Any) -> bool:
        """Whether ``option`` was chosen among several."""
        found = self.values.get(name)
        return option in found if isinstance(found, list) else str(found) == str(option)

    def error(self, name: str) -> str:
        """What is wrong with a field, "" when nothing is."""
        return self.errors.get(name, "")

    def note(self, name: str, message: str, names_field: bool = True) -> None:
        """Note what is wrong with a field; what was noted first stays."""
        if name not in self.errors:
            self.errors[name] = message
            if not names_field:
                self.unnamed.add(name)

    @property
    def is_valid(self) -> bool:
        """Whether nothing was found wrong."""
        return not self.errors and not self.failure and self.meanwhile is None

    @property
    def status(self) -> int:
        """The status of the page that shows the form."""
        if self.meanwhile is not None:
            return 409
        return 200 if self.is_valid else 422

    def name_at(self, path: Sequence[str]) -> str:
        """The field at a path into what the form states: its rows, without those left empty in between."""
        name = ""
        for part in path:
            entries = self.rows.get(name)
            at = int(part) if entries is not None and part.isdigit() else -1
            shown = str(entries[at]) if entries is not None and 0 <= at < len(entries) else part
            name = f"{name}.{shown}" if name else shown
            if isinstance(self.values.get(name), list):
                break  # a choice among several has one place for its error
        return name

    def refusing(self, names: Naming = own_name) -> Refusing:
        """Note what a service refuses inside, as ``refuse`` does, and go on behind it."""
        return Refusing(self, names)

    def refuse(
        self,
        problem: UpstreamProblem,
        names: Naming = own_name,
        told: Collection[int] = REFUSED,
    ) -> None:
        """Note what a service found wrong; raises ``problem`` again when its status is none of ``told``.

        ``names`` gives this form's field for a name of the service's, where it is another.
        What concerns no field of the form is told for the whole.
        """
        if problem.status not in told:
            raise problem
        for told_name, message in problem.field_errors.items():
            name = names(told_name) or self.name_at(told_name.split("."))
            self.note(name, message, names_field=False)
        if not self.errors:
            self.failure = (
                problem.detail or "Votre demande n’a pas pu être enregistrée. Réessayez dans un instant."
            )


@dataclass(frozen=True, slots=True)
class Refusing:
    """``with form.refusing():`` ends at what a service refuses; see ``Form.refuse``."""

    form: Form
    names: Naming

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> bool:
        if not isinstance(error, UpstreamProblem):
            return False
        self.form.refuse(error, self.names)
        return True
