"""What agents state of a tariff."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from preau.gateway.api.models.billing import PreviewLine
from preau.gateway.pages.agents.tariffs.definition import percent_told, restated
from preau.gateway.pages.agents.workbench.editing import EditForm
from preau.gateway.pages.form_fields import (
    Cents,
    Day,
    Needed,
    NeededWith,
    PerhapsCents,
    PerhapsPercent,
    PerhapsWhole,
    Whole,
)
from preau.gateway.pages.form_models import FormModel
from preau.gateway.pages.forms import Form
from preau.wording.dates import full_date

PRICE = {"kind", "amount", "brackets", "sibling_percent", "non_resident"}
"""The fields of a price."""
LEAST, MOST = 3, 12
"""Rows of brackets: to begin with, and at most."""
NAMES = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
"""The names of brackets that have none of their own."""


class BracketRow(FormModel):
    """The price of the quotients from one, included, to another, excluded."""

    distinctive: ClassVar[tuple[str, ...]] = ("from", "to", "amount")

    start: Whole = Field(default=0, alias="from", title="De")
    end: PerhapsWhole = Field(default=None, alias="to", title="À")
    label: Annotated[str, Field(title="Nom")] = ""
    amount: Annotated[Cents, Field(title="Prix"), Needed("Indiquez le prix de cette tranche.")]


class PriceForm(FormModel):
    """How a price comes about: what it takes to show it for sample families."""

    of_kind: ClassVar[Mapping[str, tuple[str, ...]]] = {"flat": ("amount",), "brackets": ("brackets",)}

    kind: Annotated[
        Literal["brackets", "flat"], Field(title="Calcul"), Needed("Choisissez le calcul du prix.")
    ]
    amount: Annotated[
        PerhapsCents,
        Field(title="Prix"),
        NeededWith("kind", ("flat",), "Indiquez le prix unique, par exemple 3,45."),
    ] = None
    brackets: Annotated[
        list[BracketRow],
        Field(title="Tranche"),
        NeededWith("kind", ("brackets",), "Indiquez au moins une tranche."),
    ] = Field(default_factory=list[BracketRow])
    sibling_percent: Annotated[PerhapsPercent, Field(title="Réduction dès le 2e enfant")] = None
    non_resident: Annotated[PerhapsCents, Field(title="Prix hors commune")] = None

    def terms(self) -> dict[str, Any]:
        """What the form states, its brackets and its percentage as billing takes them."""
        stated: dict[str, Any] = self.model_dump(include=PRICE & self.model_fields_set)
        if "brackets" in stated:
            stated["brackets"] = [_bracket(at, each) for at, each in enumerate(self.brackets)]
        if stated.get("sibling_percent") is not None:
            stated["sibling_percent"] = percent_told(stated["sibling_percent"])
        return stated

    def definition(self) -> dict[str, Any]:
        """The declaration as billing takes it."""
        return restated({}, self.terms())


class TariffEditForm(EditForm, PriceForm):
    """A tariff that stands, to be stated anew."""

    kind: Annotated[  # pyright: ignore[reportIncompatibleVariableOverride] - one kind more than a new tariff
        Literal["brackets", "flat", "kept"], Field(title="Calcul"), Needed("Choisissez le calcul du prix.")
    ]

    def facts(self) -> dict[str, Any]:
        stated = self.terms()
        return {name: value for name, value in stated.items() if (name, value) != ("kind", "kept")}


class TariffForm(PriceForm):
    """A tariff: of which activity, from which day on."""

    activity_id: Annotated[str, Field(title="Prestation"), Needed("Choisissez une prestation.")]
    effective_from: Annotated[
        Day, Field(title="À partir du"), Needed("Indiquez à partir de quel jour le tarif compte.")
    ]

    @property
    def concerns(self) -> str:
        """Whom the tariff touches."""
        return f"Ces prix valent pour les prestations à partir du {full_date(self.effective_from)}."

    def body(self) -> dict[str, Any]:
        """The tariff as billing takes it."""
        stated = {"activity_id": self.activity_id, "effective_from": self.effective_from}
        return {**stated, "definition": self.definition()}


def family_of(line: PreviewLine) -> str:
    """What a sample family is called: "QF 612, 2e enfant, hors commune"."""
    parts = [f"QF {line.quotient}" if line.quotient is not None else "Sans quotient"]
    parts += [f"{line.sibling_rank}e enfant"] if line.sibling_rank > 1 else []
    parts += [] if line.resident else ["hors commune"]
    return ", ".join(parts)


def _bracket(at: int, row: BracketRow) -> dict[str, Any]:
    bracket: dict[str, Any] = {
        "from": row.start,
        "label": row.label or NAMES[at % len(NAMES)],
        "amount_cents": row.amount,
    }
    return bracket if row.end is None else {**bracket, "to": row.end}


def names_of(form: Form) -> dict[str, str]:
    """The form's field for each name by which billing tells what is wrong with a definition."""
    names = {
        "definition.amount_cents": "amount",
        "definition.flat.amount_cents": "amount",
        "definition.non_resident.amount_cents": "non_resident",
        "definition.siblings.0.percent": "sibling_percent",
    }
    for entry, row in enumerate(form.rows.get("brackets", ())):
        for name, shown in (("from", "from"), ("to", "to"), ("label", "label"), ("amount_cents", "amount")):
            for prefix in ("definition", "definition.brackets"):
                names[f"{prefix}.brackets.{entry}.{name}"] = f"brackets.{row}.{shown}"
    return names
