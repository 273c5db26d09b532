"""A category's form: what it asks, and whether answers fit it. Pure: no I/O, no clock.

A form is data that an agent writes. Its JSON schema is made from it, so that the portal, the API and
this service all judge an answer by the same text.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

import jsonschema_rs
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from preau.common.http.texts import LINES, ONE_LINE

FieldKind = Literal["text", "textarea", "date", "child", "choice", "phone", "email"]

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Label = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=ONE_LINE),
]
Explanation = Annotated[str, StringConstraints(max_length=2000, pattern=LINES)]

LONGEST = {"text": 200, "textarea": 4000, "email": 254, "phone": 25, "choice": 200}
"""The longest answer in characters, by kind of field."""

PHONE = r"^\+?[0-9](?:[ .\-]?[0-9]){7,14}$"


class Definition(BaseModel):
    """A part of what an agent configures: an unknown key is a mistake, not an extension."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class FormField(Definition):
    """One question. ``options`` are the answers of a choice; ``not_before`` names an earlier date field."""

    name: Name
    label: Label
    kind: FieldKind
    required: bool = True
    options: tuple[Label, ...] = Field(default=(), max_length=50)
    not_before: Name | None = None
    help: Explanation = ""

    @model_validator(mode="after")
    def _fits_its_kind(self) -> Self:
        if (self.kind == "choice") != bool(self.options):
            raise ValueError("Une liste de choix demande des réponses proposées, et elle seule.")
        if self.not_before is not None and self.kind != "date":
            raise ValueError("« not_before » ne vaut que pour une date.")
        return self


class Form(Definition):
    """The questions of a category, in the order in which they are shown."""

    fields: tuple[FormField, ...] = Field(default=(), max_length=60)

    @model_validator(mode="after")
    def _names_stand(self) -> Self:
        dates: set[str] = set()
        names: set[str] = set()
        for field in self.fields:
            if field.name in names:
                raise ValueError(f"Le champ « {field.name} » est donné deux fois.")
            if field.not_before is not None and field.not_before not in dates:
                raise ValueError(f"« {field.not_before} » n’est pas une date demandée plus haut.")
            names.add(field.name)
            if field.kind == "date":
                dates.add(field.name)
        return self

    def field(self, name: str) -> FormField | None:
        """The field of that name, if there is one."""
        return next((field for field in self.fields if field.name == name), None)


def tidy(answers: Mapping[str, str]) -> dict[str, str]:
    """The answers without surrounding blanks; a blank answer is no answer."""
    trimmed = ((name, answer.strip().replace("\r\n", "\n")) for name, answer in answers.items())
    return {name: answer for name, answer in trimmed if answer}


def schema_of(form: Form, *, complete: bool) -> dict[str, Any]:
    """The JSON schema (2020-12) of the form's answers; a draft need not be ``complete``."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "properties": {field.name: _property(field) for field in form.fields},
        "required": [field.name for field in form.fields if field.required and complete],
        "additionalProperties": False,
    }


def faults(form: Form, answers: Mapping[str, str], *, complete: bool) -> dict[str, str]:
    """What is wrong with ``answers`` (tidied): a message in French by field name; empty when all is well."""
    validator = jsonschema_rs.Draft202012Validator(schema_of(form, complete=complete), validate_formats=True)
    found: dict[str, str] = {}
    for error in validator.iter_errors(dict(answers)):
        for name, message in _messages(form, error):
            found.setdefault(name, message)
    for field in form.fields:
        if field.not_before and field.name not in found and field.not_before not in found:
            earliest, answer = answers.get(field.not_before), answers.get(field.name)
            if earliest and answer and answer < earliest:
                reference = form.field(field.not_before)
                label = reference.label if reference else field.not_before
                found[field.name] = f"Cette date vient avant « {label} »."
    return found


def _property(field: FormField) -> dict[str, Any]:
    rules: dict[str, Any] = {"type": "string", "title": field.label}
    if field.kind in LONGEST:
        rules["maxLength"] = LONGEST[field.kind]
    match field.kind:
        case "text":
            rules["pattern"] = ONE_LINE
        case "textarea":
            rules["pattern"] = LINES
        case "phone":
            rules["pattern"] = PHONE
        case "choice":
            rules["enum"] = list(field.options)
        case "date" | "email":
            rules["format"] = field.kind
        case "child":
            rules["format"] = "uuid"
    return rules


WRONG_KIND = {
    "text": "Ce texte contient des caractères qui ne sont pas acceptés.",
    "textarea": "Ce texte contient des caractères qui ne sont pas acceptés.",
    "date": "Cette date n’est pas valide.",
    "child": "Choisissez un enfant de la famille.",
    "choice": "Choisissez une des réponses proposées.",
    "phone": "Ce numéro de téléphone n’est pas valide.",
    "email": "Cette adresse électronique n’est pas valide.",
}


def _messages(form: Form, error: jsonschema_rs.ValidationError) -> list[tuple[str, str]]:
    kind = error.kind.name
    details = error.kind.as_dict()
    if kind == "required":
        return [(details["property"], "Cette réponse est obligatoire.")]
    if kind == "additionalProperties":
        return [(name, "Ce champ n’est pas dans le formulaire.") for name in details["unexpected"]]
    name = str(error.instance_path[0]) if error.instance_path else ""
    field = form.field(name)
    if kind == "maxLength":
        return [(name, f"{details['limit']} caractères au plus.")]
    return [(name, WRONG_KIND[field.kind] if field else "Cette réponse n’est pas valide.")]
