"""The lists of a commune's own, of what its prices may depend on. Pure."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

RESIDENT, NON_RESIDENT = "resident", "non_resident"
"""The classes of residency that every commune has; it names them, and may have more."""
DEFAULT_LABELS = {RESIDENT: "Habite la commune", NON_RESIDENT: "Hors commune"}

REPEATED = "Ce code est déjà employé plus haut."
STAYS = "Cette résidence reste : seul son nom peut changer."
IN_USE = "Des familles ont « {label} » : gardez cette ligne."
IN_USE_AS_IT_IS = "Des familles ont « {label} » : ajoutez une autre résidence plutôt que de changer celle-ci."

Rows = Sequence[Mapping[str, Any]]
"""The rows of a list: ``code``, ``label``, and ``is_resident`` of a class of residency."""


def default_classes() -> list[dict[str, Any]]:
    """The two classes of residency of a new commune."""
    return [
        {"code": code, "label": label, "is_resident": code == RESIDENT}
        for code, label in DEFAULT_LABELS.items()
    ]


def codes_of(rows: Rows) -> list[str]:
    """The codes of a list, in its order."""
    return [row["code"] for row in rows]


def residents(classes: Rows) -> frozenset[str]:
    """The codes of the classes that count as resident."""
    return frozenset(row["code"] for row in classes if row["is_resident"])


def repeated(name: str, rows: Rows) -> dict[str, str]:
    """What is wrong with codes that come twice, by field."""
    codes = codes_of(rows)
    return {f"{name}.{place}.code": REPEATED for place, code in enumerate(codes) if code in codes[:place]}


def wrong_classes(before: Rows, after: Rows, used: Collection[str]) -> dict[str, str]:
    """What is wrong with classes of residency that are to be, by field; ``used`` are codes of families."""
    name = "residency_classes"
    wrong = repeated(name, after)
    resident = residents(after)
    for place, row in enumerate(after):
        if row["code"] in (RESIDENT, NON_RESIDENT) and row["is_resident"] != (row["code"] == RESIDENT):
            wrong[f"{name}.{place}.is_resident"] = STAYS
    for row in before:
        code, label = row["code"], row["label"]
        if code not in codes_of(after):
            if code in (RESIDENT, NON_RESIDENT):
                wrong[name] = STAYS
            elif code in used:
                wrong[name] = IN_USE.format(label=label)
        elif code in used and row["is_resident"] != (code in resident):
            place = codes_of(after).index(code)
            wrong.setdefault(f"{name}.{place}.is_resident", IN_USE_AS_IT_IS.format(label=label))
    return wrong


def wrong_categories(before: Rows, after: Rows, used: Collection[str]) -> dict[str, str]:
    """What is wrong with the categories of children that are to be, by field."""
    name = "child_categories"
    gone = [row for row in before if row["code"] in used and row["code"] not in codes_of(after)]
    lost = {name: IN_USE.format(label=gone[0]["label"])} if gone else {}
    return repeated(name, after) | lost
