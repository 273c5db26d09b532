"""The lists of a commune's own: what they may become."""

from typing import Any

from preau.identity.communes.domain import (
    REPEATED,
    STAYS,
    default_classes,
    residents,
    wrong_categories,
    wrong_classes,
)

NEAR: dict[str, Any] = {"code": "near", "label": "Commune conventionnée", "is_resident": False}
PAI = {"code": "pai", "label": "Repas fourni (PAI)"}


def classes(*more: dict[str, Any], **labels: str) -> list[dict[str, Any]]:
    return [row | {"label": labels.get(row["code"], row["label"])} for row in default_classes()] + list(more)


def test_two_residencies_stay_and_may_be_renamed() -> None:
    assert residents(default_classes()) == {"resident"}
    assert wrong_classes(classes(), classes(NEAR, resident="Commune"), {"resident"}) == {}
    resident, elsewhere = classes()
    assert wrong_classes(classes(), [resident, NEAR], set()) == {"residency_classes": STAYS}
    assert wrong_classes(classes(), [resident | {"is_resident": False}, elsewhere], set()) == {
        "residency_classes.0.is_resident": STAYS
    }


def test_what_families_have_is_neither_taken_away_nor_turned() -> None:
    turned = NEAR | {"is_resident": True}
    assert wrong_classes(classes(NEAR), classes(), set()) == {}
    assert wrong_classes(classes(NEAR), classes(turned), set()) == {}
    assert list(wrong_classes(classes(NEAR), classes(), {"near"})) == ["residency_classes"]
    assert list(wrong_classes(classes(NEAR), classes(turned), {"near"})) == [
        "residency_classes.2.is_resident"
    ]
    renamed = NEAR | {"label": "Voisine"}
    assert wrong_classes(classes(NEAR), classes(renamed), {"near"}) == {}
    assert wrong_categories([PAI], [], set()) == {}
    assert list(wrong_categories([PAI], [], {"pai", ""})) == ["child_categories"]
    assert wrong_categories([], [PAI], {"pai", "free"}) == {}


def test_no_code_comes_twice() -> None:
    assert wrong_classes(classes(), classes(NEAR, NEAR), set()) == {"residency_classes.3.code": REPEATED}
    assert wrong_categories([], [PAI, PAI], set()) == {"child_categories.1.code": REPEATED}
