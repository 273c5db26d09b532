"""Who has a child between two families, and who pays, in words."""

from dataclasses import dataclass

import pytest

from preau.wording.custodies import custody, payers

NARROW = "\u202f"
HOME, OTHER = "Famille Martin", "Famille Benali"


@dataclass(frozen=True)
class Said:
    kind: str
    weeks: str = "even"
    changes_on: int = 1
    weekdays: tuple[int, ...] = ()
    percent: int = 0
    dates: tuple[object, ...] = ()


@pytest.mark.parametrize(
    ("said", "when", "pays"),
    [
        (
            Said("weeks", changes_on=5),
            "une semaine sur deux chez la famille Benali (semaines paires, du vendredi au jeudi)",
            "famille Benali les semaines paires, famille Martin les impaires",
        ),
        (
            Said("weeks", weeks="odd"),
            "une semaine sur deux chez la famille Benali (semaines impaires, du lundi au dimanche)",
            "famille Benali les semaines impaires, famille Martin les paires",
        ),
        (
            Said("weekdays", weekdays=(3, 5), dates=(1,)),
            "chez la famille Benali le mercredi et le vendredi, sauf 1 période convenue",
            "famille Benali le mercredi et le vendredi, famille Martin les autres jours",
        ),
        (
            Said("dates", dates=(1, 2)),
            "chez la famille Benali aux dates convenues (2 périodes)",
            "famille Benali aux dates convenues, famille Martin les autres jours",
        ),
        (
            Said("share", percent=40),
            f"frais partagés avec la famille Benali, à hauteur de 40{NARROW}%",
            f"60{NARROW}% famille Martin, 40{NARROW}% famille Benali",
        ),
        (Said("none"), "toujours dans sa famille", "famille Martin"),
    ],
)
def test_a_custody_says_who_has_the_child_and_who_pays(said: Said, when: str, pays: str) -> None:
    assert custody(said, OTHER).replace("\xa0", " ") == when
    assert payers(said, HOME, OTHER) == f"Paie{NARROW}: {pays}"


def test_a_family_that_is_called_otherwise_keeps_its_name() -> None:
    assert custody(Said("weekdays", weekdays=(1,)), "Benali-Roux") == "chez Benali-Roux le lundi"
    assert custody(Said("weekdays", weekdays=(1,)), "vous") == "chez vous le lundi"
