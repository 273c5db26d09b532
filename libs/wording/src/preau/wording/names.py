"""Names of persons inside French sentences."""

import unicodedata

ELIDED = frozenset("aeiouyh")
"""First letters before which "de" loses its vowel; a first name's H is mute but for a few."""


def of(name: str) -> str:
    """ "de Léa", "d’Inès"."""
    first = unicodedata.normalize("NFD", name.strip()[:1]).lower()[:1]
    return f"d’{name}" if first in ELIDED else f"de {name}"
