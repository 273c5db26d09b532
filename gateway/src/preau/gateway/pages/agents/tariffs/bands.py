"""Bands of a price, typed or pasted from a spreadsheet: a line each, "de ; à ; nom ; prix".

The name may also come first, as the tables of most communes have it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from preau.gateway.api.models.billing import BandOutput
from preau.gateway.pages.agents.tariffs.typed import cents_typed, number_typed
from preau.gateway.pages.form_fields import Cents, Needed, Number, PerhapsNumber, number_of, wrong
from preau.wording.typography import counted

MOST = 50
"""The bands of one price."""
NAMES = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
"""The names of bands that are given none."""
SEPARATOR = " ; "
HEADINGS = {"de", "du", "à partir de", "qf", "quotient", "tranche"}
"""With one of these words a pasted table begins with its headings."""

_SPACES = re.compile(r"[ \u00a0\u202f]{2,}")


class BandLine(BaseModel):
    """A band as its line gives it: from, included, to, excluded; the last one has no end."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    lower: Annotated[Number, Needed("Indiquez où la tranche commence.")] = Field(alias="from")
    upper: PerhapsNumber = Field(alias="to", default=None)
    label: str = ""
    amount: Annotated[Cents, Needed("Indiquez le prix de la tranche.")]

    @model_validator(mode="before")
    @classmethod
    def _read(cls, line: object) -> Any:
        return cells_of(line) if isinstance(line, str) else line

    def stated(self, at: int) -> BandOutput:
        band = {
            "from": str(self.lower),
            "to": None if self.upper is None else str(self.upper),
            "label": self.label or (NAMES[at] if at < len(NAMES) else str(at + 1)),
            "amount_cents": self.amount,
        }
        return BandOutput.model_validate(band)


def cells_of(line: str) -> dict[str, str | None]:
    """The parts of a line: separated by tabs, semicolons or several spaces; the name may be left out."""
    separators = next((each for each in ("\t", ";") if each in line), None)
    cells = line.split(separators) if separators else _SPACES.split(line.strip())
    while cells and not cells[-1].strip():
        cells.pop()  # a line of a CSV file may end with its separator
    if len(cells) < 3:
        raise wrong("Donnez « de ; à ; nom ; prix », par exemple « 400 ; 700 ; B ; 2,60 ».")
    cells = _name_last(cells)
    start, *middle, amount = (cell.strip() for cell in cells)
    if len(middle) > 1:
        end, label = middle[0], (separators or " ").join(cells[2:-1]).strip()
    else:
        [only] = middle
        end, label = (only, "") if not only or re.match(r"[0-9]", only) else ("", only)
    return {"from": start, "to": end or None, "label": label, "amount": amount}


def _name_last(cells: list[str]) -> list[str]:
    """The cells with the name behind the numbers, where it stands before them: "A ; 0 ; 400 ; 1,20"."""
    name, *numbers, amount = cells
    begins = number_of(numbers[0]) is not None
    return [*numbers, name, amount] if name.strip() and begins and number_of(name) is None else cells


def _lines_of(typed: object) -> Any:
    """The lines of a text that say something, without the headings of a table."""
    if not isinstance(typed, str):
        return typed
    lines = [line for line in typed.splitlines() if line.strip()]
    if lines and re.split(r"[\t;]| {2,}", lines[0].strip())[0].strip().casefold() in HEADINGS:
        lines = lines[1:]
    if len(lines) > MOST:
        raise wrong(f"Donnez au plus {counted(MOST, 'tranche', 'tranches')}.")
    return lines


BandLines = Annotated[tuple[BandLine, ...], BeforeValidator(_lines_of)]


def bands_typed(bands: Sequence[BandOutput]) -> str:
    """The bands, a line each."""
    return "\n".join(map(_line_of, bands))


def _line_of(band: BandOutput) -> str:
    cells = (number_typed(band.from_), number_typed(band.to), band.label, cents_typed(band.amount_cents))
    return SEPARATOR.join(cells)
