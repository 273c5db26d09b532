"""What people type: a sentence for what is not as it should be, and no text of signs that show nothing."""

from typing import Annotated

import pytest
from pydantic import Field, ValidationError

from preau.common.http.problems import field_errors
from preau.common.http.schemas import RequestModel
from preau.common.http.texts import Phone, PostalCode, Shaped


class Typed(RequestModel):
    name: str = Field(default="x", min_length=1)
    phone: Phone = ""
    postal_code: PostalCode = ""
    colour: Annotated[str, Shaped("#[0-9a-f]{6}", "Écrivez une couleur.")] = "#000000"


def told(**typed: str) -> dict[str, str]:
    with pytest.raises(ValidationError) as refused:
        Typed(**typed)
    return {each["field"]: each["message"] for each in field_errors(refused.value.errors())}


@pytest.mark.parametrize("phone", ["", "0612345678", "+33 6 12 34 56 78", "06.12.34.56.78"])
def test_telephones_are_taken_as_people_write_them(phone: str) -> None:
    assert Typed(phone=phone).phone == phone


@pytest.mark.parametrize("phone", ["😀", "abc", "06", "0612345678\n0612345678", "06 12 34 56 78 poste 4"])
def test_what_is_no_telephone_is_told_in_a_sentence(phone: str) -> None:
    assert told(phone=phone)["phone"].startswith("Écrivez un numéro de téléphone")


@pytest.mark.parametrize("code", ["", "35000", "01000", "1000", "L-1234", "D-66111"])
def test_postal_codes_of_the_country_and_its_neighbours_are_taken(code: str) -> None:
    assert Typed(postal_code=code).postal_code == code


@pytest.mark.parametrize("code", ["ABC", "350001", "35 000", "💥"])
def test_what_is_no_postal_code_is_told_in_a_sentence(code: str) -> None:
    assert told(postal_code=code)["postal_code"].startswith("Écrivez un code postal")


@pytest.mark.parametrize("nothing", ["", "   ", "\u200b", "\u00a0\u2003\ufeff", "\u202f"])
def test_a_name_that_shows_nothing_is_none(nothing: str) -> None:
    assert "name" in told(name=nothing)


def test_the_shape_is_in_the_schema() -> None:
    assert Typed.model_json_schema()["properties"]["colour"]["pattern"] == "^(#[0-9a-f]{6})$"


class Listed(RequestModel):
    parts: tuple[Typed, ...] = Field(min_length=1)


def test_a_list_is_too_short_where_it_is_empty_not_where_its_parts_are_wrong() -> None:
    with pytest.raises(ValidationError) as refused:
        Listed.model_validate({"parts": [{"name": ""}]})
    assert [each["field"] for each in field_errors(refused.value.errors())] == ["parts.0.name"]
    with pytest.raises(ValidationError) as empty:
        Listed.model_validate({"parts": []})
    assert field_errors(empty.value.errors()) == [{"field": "parts", "message": "Il en faut au moins 1."}]
