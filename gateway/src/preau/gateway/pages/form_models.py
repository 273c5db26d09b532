"""Forms as models: a browser's texts become typed values, or sentences that say all that is wrong."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Self, get_args, get_origin

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails
from starlette.datastructures import FormData

from preau.gateway.pages.form_fields import UNNAMED, WRONG, is_empty
from preau.gateway.pages.forms import Form
from preau.gateway.pages.input_values import is_writable, writable
from preau.wording.amounts import number

MOST_ROWS = 100
"""Rows of one group that are looked at; no form of ours asks for so many."""

SAID = {
    "literal_error": "Choisissez parmi les réponses proposées.",
    "uuid_parsing": "Choisissez parmi les réponses proposées.",
    "string_too_long": "Ce texte est trop long : {max_length} caractères au plus.",
    "string_too_short": "Ce texte est trop court : {min_length} caractères au moins.",
    "greater_than": "La valeur doit être supérieure à {gt}.",
    "greater_than_equal": "La valeur doit être d’au moins {ge}.",
    "less_than_equal": "La valeur doit être d’au plus {le}.",
}
BOUNDS = frozenset({"gt", "ge", "le", "min_length", "max_length"})
"""What a sentence tells as a number."""
UNREADABLE = "Ce champ contient un caractère illisible, qui a été retiré. Vérifiez-le."
NOT_READ = "Cette valeur n’est pas valide."


class FormModel(BaseModel):
    """What a form states. A field left empty has its default; without one, ``Needed`` says what to do.

    A field of models is a group of fields ("address.city"), a list of models are rows ("children.0.level"):
    a row counts when one of its ``distinctive`` fields is filled in, any field unless said otherwise.
    ``model_dump(exclude_unset=True)`` leaves out what the form did not send, and keeps what it sent empty.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", validate_default=True, hide_input_in_errors=True)

    distinctive: ClassVar[tuple[str, ...]] = ()
    of_kind: ClassVar[Mapping[str, tuple[str, ...]]] = {}
    """For each ``kind`` the fields that belong to it alone: those of another kind are not looked at."""

    @classmethod
    def sent(cls, data: FormData) -> tuple[Form, Self | None]:
        """The form as it was typed, for the page, and what it states, None when anything is wrong."""
        reading = _Reading(data)
        tree = reading.group(cls, "")
        form = Form(reading.values, rows=reading.rows, labels=reading.labels)
        for name in reading.unreadable:
            form.note(name, UNREADABLE, names_field=False)
        try:
            stated = cls.model_validate(tree)
        except ValidationError as error:
            for each in error.errors(include_url=False, include_input=False):
                form.note(form.name_at([str(part) for part in each["loc"]]), *_sentence(each))
            return form, None
        return form, stated if form.is_valid else None


class OnceForm(FormModel):
    """A form that counts once, however often it is sent."""

    cle: str = ""


def _sentence(error: ErrorDetails) -> tuple[str, bool]:
    """What is said, and whether it names the field."""
    if error["type"] in {WRONG, UNNAMED}:
        return error["msg"], error["type"] == WRONG
    told = {name: number(each) if name in BOUNDS else each for name, each in error.get("ctx", {}).items()}
    return SAID.get(error["type"], NOT_READ).format(**told), False


def rows_of(info: FieldInfo) -> type[FormModel] | None:
    """The model of a field's rows, None when it has none."""
    if get_origin(info.annotation) is not list:
        return None
    of = get_args(info.annotation)[0]
    return of if isinstance(of, type) and issubclass(of, FormModel) else None


def group_of(info: FieldInfo) -> type[FormModel] | None:
    """The model of a field that is a group, None when it is none."""
    kind = info.annotation
    return kind if isinstance(kind, type) and issubclass(kind, FormModel) else None


def _of_other_kinds(model: type[FormModel], kind: str) -> set[str]:
    return {name for names in model.of_kind.values() for name in names} - set(model.of_kind.get(kind, ()))


def _within(label: str, title: str) -> str:
    """What a part is called within another: "Ligne 2, prix"."""
    return f"{label}, {title[0].lower()}{title[1:]}" if label and title else label or title


@dataclass(slots=True)
class _Reading:
    """One look through what a browser sent."""

    data: FormData
    values: dict[str, Any] = field(default_factory=dict[str, Any])
    unreadable: list[str] = field(default_factory=list[str])
    labels: dict[str, str] = field(default_factory=dict[str, str])
    rows: dict[str, list[int]] = field(default_factory=dict[str, list[int]])

    def __post_init__(self) -> None:
        """What the page shows again: texts, no files and no passwords."""
        for name in self.data:
            if "password" not in name:
                texts = self._texts(name)
                self.values[name] = texts[-1] if texts else ""

    def group(self, model: type[FormModel], prefix: str, within: str = "") -> dict[str, Any]:
        """The fields of ``model`` that say something, by the names that it takes."""
        tree: dict[str, Any] = {}
        passed_over = _of_other_kinds(model, str(self.data.get(f"{prefix}kind", "")))
        for name, info in model.model_fields.items():
            if name in passed_over:
                continue
            key = info.alias or name
            if info.title:
                self.labels[f"{prefix}{key}"] = _within(within, info.title)
            value = self._value(info, f"{prefix}{key}", within)
            if not is_empty(value):
                tree[key] = value
            elif info.is_required():
                tree[key] = [] if get_origin(info.annotation) is list else ""
            elif f"{prefix}{key}" in self.data:  # sent empty: stated, unlike what the form does not show
                tree[key] = info.get_default(call_default_factory=True)
        return tree

    def _value(self, info: FieldInfo, name: str, within: str) -> Any:
        if row := rows_of(info):
            return list(self._rows(row, name, _within(within, info.title or "")))
        if inner := group_of(info):
            return self.group(inner, f"{name}.", _within(within, info.title or ""))
        texts = self._texts(name)
        if any(not is_writable(text) for text in self.data.getlist(name) if isinstance(text, str)):
            self.unreadable.append(name)
        if get_origin(info.annotation) is list:
            self.values[name] = texts
            return texts
        return texts[-1] if texts else ""

    def _rows(self, model: type[FormModel], name: str, title: str) -> Iterator[dict[str, Any]]:
        pattern = re.compile(rf"{re.escape(name)}\.([0-9]{{1,3}})\.")
        numbers = sorted({int(found[1]) for each in self.data if (found := pattern.match(each))})
        self.rows[name] = []
        for place in numbers[:MOST_ROWS]:
            row = f"{name}.{place}."
            label = f"{title} {place + 1}" if title else ""
            self.labels[f"{name}.{place}"] = label
            tree = self.group(model, row, label)
            if any(any(self._texts(f"{row}{each}")) for each in model.distinctive or tuple(tree)):
                self.rows[name].append(place)
                yield tree

    def _texts(self, name: str) -> list[str]:
        """The texts of a field, stripped; passwords as they are."""
        texts = [writable(text) for text in self.data.getlist(name) if isinstance(text, str)]
        return texts if "password" in name else [text.strip() for text in texts]
