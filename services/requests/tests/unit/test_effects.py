from datetime import date
from uuid import UUID

import pytest
from pydantic import ValidationError

from preau.contracts.requests import AddressEffect, NoEffect, PickupEffect
from preau.requests.categories.effects import EffectMapping, build_effect, mapping_faults
from preau.requests.categories.forms import Form
from preau.requests.categories.schemas import CategoryIn
from preau.requests.demo import ADDRESS, OTHER, PICKUP

CHILD = "01900000-0000-7000-8000-000000000c01"
MAPPING = EffectMapping.model_validate(PICKUP["effect"])
FORM = Form.model_validate(PICKUP["form"])


def test_a_pickup_authorisation_comes_from_the_answers() -> None:
    effect = build_effect(
        MAPPING,
        {
            "child": CHILD,
            "person_name": "Jeanne Petit",
            "relation": "Grand-parent",
            "phone": "0612345678",
            "valid_from": "2026-09-01",
        },
    )
    assert effect == PickupEffect(
        child_id=UUID(CHILD),
        person_name="Jeanne Petit",
        relation="Grand-parent",
        phone="0612345678",
        valid_from=date(2026, 9, 1),
    )


def test_an_address_change_comes_from_the_answers() -> None:
    answers = {
        "street": "3 rue des Lilas",
        "postal_code": "38000",
        "city": "Jolieville",
        "valid_from": "2026-10-01",
    }
    effect = build_effect(EffectMapping.model_validate(ADDRESS["effect"]), answers)
    assert effect == AddressEffect.model_validate(answers)


def test_a_category_without_effect_has_none() -> None:
    assert build_effect(EffectMapping(), {"subject": "x"}) == NoEffect()


def test_unchecked_answers_give_no_half_effect() -> None:
    with pytest.raises(ValidationError):
        build_effect(MAPPING, {"child": CHILD})


@pytest.mark.parametrize("category", [PICKUP, ADDRESS, OTHER])
def test_the_demonstration_s_categories_stand(category: dict[str, object]) -> None:
    read = CategoryIn.model_validate(category)
    assert mapping_faults(read.effect, read.form) == {}


@pytest.mark.parametrize(
    ("fields", "faulty"),
    [
        ({"child_id": None}, "child_id"),
        ({"child_id": "person_name"}, "child_id"),
        ({"valid_from": "valid_to"}, "valid_from"),
        ({"valid_to": "phone"}, "valid_to"),
        ({"person_name": "nobody"}, "person_name"),
        ({"street": "person_name"}, "street"),
    ],
)
def test_a_mapping_that_the_form_cannot_feed_is_told_by_field(
    fields: dict[str, str | None], faulty: str
) -> None:
    wanted = {name: source for name, source in (MAPPING.fields | fields).items() if source is not None}
    mapping = EffectMapping(kind="pickup_authorisation", fields=wanted)
    assert set(mapping_faults(mapping, FORM)) == {faulty}
