"""Forms filled in as a person would, then with something wrong in them."""

from random import Random

from tests.security.pages.markup import CHOSEN, Control, HtmlForm
from tests.security.pages.values import value

Fields = list[tuple[str, str]]


def plausible(control: Control) -> str:
    """What a person might type, so that one odd field is looked at behind the others."""
    if control.value or control.kind in CHOSEN:
        return control.value
    if control.kind == "select":
        return next((option for option in control.options if option), "")
    by_kind = {"date": "2026-12-10", "month": "2026-12", "email": "quelquun@exemple.example", "number": "3"}
    by_kind |= {"tel": "0611223344", "password": "une phrase assez longue", "color": "#336699", "search": "a"}
    return by_kind.get(control.kind, "12" if "amount" in control.name or "value" in control.name else "Texte")


def filled(form: HtmlForm) -> Fields:
    """The form with every field filled in."""
    sent = [
        (control.name, plausible(control))
        for control in form.controls
        if control.chosen and control.kind not in {"button", "file", "hidden"}
    ]
    return [pair for pair in form.sent() if pair[0] not in dict(sent)] + sent


def mutated(fields: Fields, random: Random, ids: list[str]) -> Fields:
    """The fields with one to three things wrong."""
    changed = list(fields)
    for _ in range(random.choice([1, 1, 2, 3])):
        at = random.randrange(len(changed)) if changed else 0
        odd = value(random, ids)
        match random.choice(["replace"] * 6 + ["remove", "repeat", "nest", "add", "swap", "empty", "many"]):
            case "replace" if changed:
                changed[at] = (changed[at][0], odd)
            case "remove" if changed:
                del changed[at]
            case "repeat" if changed:
                changed.insert(random.randrange(len(changed)), (changed[at][0], odd))
            case "nest" if changed:
                changed[at] = (changed[at][0] + "[a]" * random.choice([1, 500]), changed[at][1])
            case "swap" if changed:
                changed[at] = (changed[at][0], random.choice(changed)[1])
            case "empty":
                changed = [(name, "") for name, _ in changed]
            case "many":
                changed += [(f"mark.{n}", "present") for n in range(1100)]
            case _:
                changed.append((odd[:200], odd))
    return changed
