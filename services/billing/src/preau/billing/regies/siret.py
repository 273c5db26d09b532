"""SIRET: the fourteen digits that INSEE gives an establishment."""

import re
from typing import Annotated

from pydantic import AfterValidator


def _checked(typed: str) -> str:
    """The digits alone; raises ``ValueError`` when they are no SIRET (Luhn's key)."""
    digits = re.sub(r"\s", "", typed)
    if not digits:
        return ""
    if re.fullmatch("[0-9]{14}", digits) is None:
        raise ValueError("Un numéro SIRET a 14 chiffres.")
    doubled = [int(digit) * (2 - place % 2) for place, digit in enumerate(digits)]
    if sum(each - 9 if each > 9 else each for each in doubled) % 10:
        raise ValueError("Ce numéro SIRET n’existe pas : vérifiez ses chiffres.")
    return digits


Siret = Annotated[str, AfterValidator(_checked)]
"""A SIRET without spaces, or none."""
