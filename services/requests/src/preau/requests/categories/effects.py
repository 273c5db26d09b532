"""What an accepted request changes: the effect built from its answers. Pure.

A category maps the fields of one effect of the contract to the fields of its form. The mapping is checked
when the category is written, so that a request that fits the form always gives a whole effect.
"""

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field, TypeAdapter

from preau.contracts.requests import AddressEffect, Effect, NoEffect, PickupEffect
from preau.requests.categories.forms import Definition, Form, Name

EffectKind = Literal["none", "pickup_authorisation", "address_change"]

MODELS: Mapping[EffectKind, type[PickupEffect | AddressEffect | NoEffect]] = {
    "none": NoEffect,
    "pickup_authorisation": PickupEffect,
    "address_change": AddressEffect,
}
TEXTS = frozenset({"text", "choice"})
KINDS: Mapping[str, frozenset[str]] = {
    "child_id": frozenset({"child"}),
    "valid_from": frozenset({"date"}),
    "valid_to": frozenset({"date"}),
    "phone": frozenset({"phone"}),
}
"""The kinds of form field that can feed a field of an effect; text or a choice for those not named."""

EFFECT: TypeAdapter[PickupEffect | AddressEffect | NoEffect] = TypeAdapter(Effect)


class EffectMapping(Definition):
    """The effect of a category; ``fields``: the field of the form that feeds each field of the effect."""

    kind: EffectKind = "none"
    fields: dict[Name, Name] = Field(default_factory=dict)


def mapping_faults(mapping: EffectMapping, form: Form) -> dict[str, str]:
    """Why the form cannot feed the effect: a message in French by field of the effect; empty when it can."""
    targets = {name: info for name, info in MODELS[mapping.kind].model_fields.items() if name != "kind"}
    found = {
        name: "Cet effet n’a pas ce champ." for name in mapping.fields if name not in targets
    }  # fmt: skip
    for name, info in targets.items():
        source = mapping.fields.get(name)
        if source is None:
            if info.is_required():
                found[name] = "Un champ du formulaire doit donner cette valeur."
            continue
        field = form.field(source)
        if field is None:
            found[name] = f"Le formulaire n’a pas de champ « {source} »."
        elif field.kind not in KINDS.get(name, TEXTS):
            found[name] = f"Le champ « {source} » ne convient pas : {field.kind}."
        elif info.is_required() and not field.required:
            found[name] = f"Le champ « {source} » doit être obligatoire."
    return found


def build_effect(mapping: EffectMapping, answers: Mapping[str, str]) -> Effect:
    """The effect that ``answers`` (checked against the form) ask for.

    Raises:
        pydantic.ValidationError: the answers were not checked, or the mapping was not.
    """
    values: dict[str, Any] = {
        name: answers[source] for name, source in mapping.fields.items() if source in answers
    }
    return EFFECT.validate_python({"kind": mapping.kind, **values})
