"""What the API says of categories."""

from typing import Self
from uuid import UUID

from pydantic import Field, model_validator

from preau.common.http.schemas import RequestModel, ResponseModel
from preau.requests.categories.effects import EffectKind, EffectMapping
from preau.requests.categories.forms import Definition, Explanation, Form, Label, Name

EXTRA_CODES = ("other", "other_2", "other_3")
"""Codes under which a family may add documents that the category does not ask for."""


class RequiredDocument(Definition):
    """A document that a request of the category must show."""

    code: Name
    label: Label


def _check_codes(documents: tuple[RequiredDocument, ...]) -> None:
    codes = [document.code for document in documents]
    if len(set(codes)) < len(codes):
        raise ValueError("Un code de pièce est donné deux fois.")
    if taken := set(codes) & set(EXTRA_CODES):
        raise ValueError(f"Le code « {min(taken)} » sert aux autres pièces : prenez-en un autre.")


class CategoryIn(RequestModel):
    """A new category."""

    code: Name
    label: Label
    description: Explanation = ""
    form: Form = Form()
    required_documents: tuple[RequiredDocument, ...] = Field(default=(), max_length=10)
    effect: EffectMapping = EffectMapping()
    position: int = Field(default=0, ge=0, le=10_000)
    is_open: bool = True

    @model_validator(mode="after")
    def _codes_stand(self) -> Self:
        _check_codes(self.required_documents)
        return self


class CategoryChange(RequestModel):
    """What to change of a category; requests already sent keep the form under which they were sent."""

    label: Label | None = None
    description: Explanation | None = None
    form: Form | None = None
    required_documents: tuple[RequiredDocument, ...] | None = Field(default=None, max_length=10)
    effect: EffectMapping | None = None
    position: int | None = Field(default=None, ge=0, le=10_000)
    is_open: bool | None = None

    @model_validator(mode="after")
    def _codes_stand(self) -> Self:
        _check_codes(self.required_documents or ())
        return self


class CategoryOut(ResponseModel):
    """A category as a family sees it."""

    category_id: UUID
    code: str
    label: str
    description: str
    form: Form
    required_documents: list[RequiredDocument]


class EffectMappingOut(ResponseModel):
    """What accepting a request changes; ``fields``: the field of the form that feeds each of the effect."""

    kind: EffectKind
    fields: dict[str, str]


class AgentCategoryOut(CategoryOut):
    """A category as an agent sees it."""

    effect: EffectMappingOut
    position: int
    is_open: bool
    version: int
