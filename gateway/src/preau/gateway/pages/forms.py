"""A form as it is shown: what was typed, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, cast

from pydantic import BaseModel
from starlette.datastructures import FormData

from preau.gateway.api.problems import UpstreamProblem
from preau.gateway.pages.input_values import day_of, is_writable, whole_number, writable

NOT_THE_SAME = "Les deux mots de passe ne sont pas les mêmes."
REFUSED = frozenset({400, 404, 409, 410, 413, 415, 422, 429})
"""What a form tells and keeps what was typed with; a record that is gone ends in its own 404."""


def changes(stated: Mapping[str, Any], record: BaseModel) -> dict[str, Any]:
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

    @classmethod
    def sent(cls, data: FormData, several: tuple[str, ...] = ()) -> Form:
        """What a browser sent, texts stripped; passwords as they are. Files are not kept."""
        values: dict[str, Any] = {}
        errors: dict[str, str] = {}
        for name in data:
            texts = [value for value in data.getlist(name) if isinstance(value, str)]
            if not all(map(is_writable, texts)):
                errors[name] = "Ce champ contient un caractère illisible, qui a été retiré. Vérifiez-le."
            kept = [text if "password" in name else text.strip() for text in map(writable, texts)]
            values[name] = kept if name in several else (kept[-1] if kept else "")
        for name in several:
            values.setdefault(name, [])
        return cls(values, errors)

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

    @property
    def is_valid(self) -> bool:
        """Whether nothing was found wrong."""
        return not self.errors and not self.failure

    def require(self, labels: Mapping[str, str]) -> None:
        """Note the fields left empty; ``labels`` are the messages by field."""
        for name, message in labels.items():
            if not self.value(name):
                self.errors.setdefault(name, message)

    def whole(self, name: str) -> int | None:
        """The whole number typed; None, with the reason noted, when it is none."""
        number = whole_number(self.value(name))
        if number is None:
            self.errors.setdefault(name, "Un nombre entier est attendu.")
        return number

    def day(self, name: str) -> date | None:
        """The day typed; None, with the reason noted, when it is none."""
        day = day_of(self.value(name))
        if day is None:
            self.errors.setdefault(name, "Cette date n’est pas valide.")
        return day

    def refuse(self, problem: UpstreamProblem, names: Mapping[str, str] | None = None) -> None:
        """Note what a service found wrong; ``names`` gives this form's field for a name of the service's.

        What concerns no field of the form is told for the whole.
        """
        for name, message in problem.field_errors.items():
            self.errors.setdefault((names or {}).get(name, name), message)
        if not self.errors:
            self.failure = (
                problem.detail or "Votre demande n’a pas pu être enregistrée. Réessayez dans un instant."
            )

    def without_secrets(self) -> Form:
        """The same without passwords, which never travel back to the page."""
        for name in [name for name in self.values if "password" in name]:
            self.values[name] = ""
        return self
