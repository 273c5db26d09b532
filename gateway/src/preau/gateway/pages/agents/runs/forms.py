"""What agents state of a régie, and of a run to begin."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, Field

from preau.gateway.api.models.billing import RegieOut
from preau.gateway.pages.agents.workbench.confirming import Shown
from preau.gateway.pages.agents.workbench.editing import EditForm
from preau.gateway.pages.form_fields import (
    UNNAMED,
    Cents,
    Month,
    Needed,
    PerhapsCents,
    Ticked,
    Whole,
    wrong,
)
from preau.gateway.pages.form_models import FormModel
from preau.gateway.pages.formats import money
from preau.wording.kinds import REMINDER


def _threshold(cents: int | None) -> int | None:
    if cents is not None and not 1 <= cents <= MOST_CARRIED:
        raise wrong("Indiquez un montant entre 0,01 € et 100,00 €.", UNNAMED)
    return cents


MOST_CARRIED = 100_00
"""The highest threshold that billing takes, in cents."""


class BeginForm(FormModel):
    """A run to begin: of which régie, for which month."""

    regie_id: Annotated[str, Field(title="Régie"), Needed("Choisissez une régie.")]
    period: Annotated[Month, Field(title="Mois"), Needed("Choisissez un mois.")]
    kind: Annotated[Literal["month_end", "complement"], Field(title="Type")] = "month_end"
    carries: Annotated[Ticked, Field(title="Report des petits montants")] = False


class SetAsideForm(FormModel):
    """Why a family is kept out of a run."""

    reason: Annotated[str, Field(title="Motif"), Needed("Indiquez le motif.")]


class RegieForm(FormModel):
    """A régie to open."""

    label: Annotated[str, Field(title="Nom"), Needed("Indiquez le nom de la régie.")]
    code: Annotated[str, Field(title="Code"), Needed("Indiquez le code de la régie.")]
    series_prefix: Annotated[
        str, Field(title="Préfixe des numéros"), Needed("Indiquez le préfixe des numéros de facture.")
    ]
    due_days: Annotated[Whole, Field(title="Échéance"), Needed("Indiquez l’échéance, en jours.")]


class StepForm(FormModel):
    """A reminder, so many days after the due date."""

    distinctive: ClassVar[tuple[str, ...]] = ("days",)

    days: Annotated[Whole, Field(title="Jours après l’échéance"), Needed("Indiquez le nombre de jours.")]
    means: Annotated[Literal["mail", "letter", "treasury"], Field(title="Moyen")] = "mail"


class RegieEditForm(EditForm):
    """What may change of a régie."""

    label: Annotated[str, Field(title="Nom"), Needed("Indiquez le nom de la régie.")]
    due_days: Annotated[Whole, Field(title="Échéance"), Needed("Indiquez l’échéance, en jours.")]
    street: Annotated[str, Field(title="Adresse")] = ""
    postal_code: Annotated[str, Field(title="Code postal")] = ""
    city: Annotated[str, Field(title="Ville")] = ""
    siret: Annotated[str, Field(title="SIRET")] = ""
    payable_to: Annotated[str, Field(title="Chèques à l’ordre de")] = ""
    remedies: Annotated[str, Field(title="Voies et délais de recours")] = ""
    accounting_notice: Annotated[str, Field(title="Mention comptable")] = ""
    accounting_post: Annotated[str, Field(title="Poste comptable")] = ""
    collectivity_code: Annotated[str, Field(title="Code collectivité")] = ""
    budget_code: Annotated[str, Field(title="Code budget")] = ""
    product_code: Annotated[str, Field(title="Code produit")] = ""
    revenue_account: Annotated[str, Field(title="Compte de recette")] = ""
    reminding: Annotated[Literal["off", "on"], Field(title="Relances")] = "off"
    minimum: Annotated[Cents, Field(title="Montant minimal"), Needed("Indiquez le montant minimal.")] = 500
    parts: Annotated[Literal["no", "yes"], Field(title="Paiement par parts")] = "no"
    carry_under: Annotated[PerhapsCents, AfterValidator(_threshold), Field(title="Reporter sous")] = None
    steps: list[StepForm] = Field(default_factory=list[StepForm], title="Relance")

    def facts(self) -> dict[str, Any]:
        """The régie as billing has it."""
        stated = self.model_dump(include={"label", "due_days", *HEADINGS}, exclude_unset=True)
        if "reminding" in self.model_fields_set:
            stated["reminders"] = {
                "is_on": self.reminding == "on",
                "minimum_cents": self.minimum,
                "steps": [step.model_dump() for step in self.steps],
            }
        if "parts" in self.model_fields_set:
            stated["takes_parts"] = self.parts == "yes"
        if "carry_under" in self.model_fields_set:
            stated["carry_under_cents"] = self.carry_under
        return stated


def typed(regie: RegieOut) -> dict[str, Any]:
    """A régie as its form has it."""
    reminders = regie.reminders
    steps = {
        f"steps.{place}.{name}": value
        for place, step in enumerate(reminders.steps or ())
        for name, value in (("days", step.days), ("means", step.means))
    }
    return {
        **regie.model_dump(include={"version", "label", "due_days", *HEADINGS}),
        "reminding": "on" if reminders.is_on else "off",
        "parts": "yes" if regie.takes_parts else "no",
        "minimum": _euros(reminders.minimum_cents),
        "carry_under": _euros(regie.carry_under_cents) if regie.carry_under_cents else "",
        **steps,
    }


def _euros(cents: int) -> str:
    return f"{cents // 100},{cents % 100:02d}"


def _calendar(steps: Any) -> str:
    return ", ".join(f"J+{step['days']} {REMINDER[step['means']]}" for step in steps)


HEADINGS = {
    "street": Shown("Adresse"),
    "postal_code": Shown("Code postal"),
    "city": Shown("Ville"),
    "siret": Shown("SIRET"),
    "payable_to": Shown("Chèques à l’ordre de"),
    "remedies": Shown("Voies et délais de recours"),
    "accounting_notice": Shown("Mention comptable"),
    "accounting_post": Shown("Poste comptable"),
    "collectivity_code": Shown("Code collectivité"),
    "budget_code": Shown("Code budget"),
    "product_code": Shown("Code produit"),
    "revenue_account": Shown("Compte de recette"),
}
"""What the invoices of a régie print, and its codes in the public accounting."""
EDITED = {
    "label": Shown("Nom"),
    "due_days": Shown("Échéance, en jours"),
    "takes_parts": Shown("Paiement par parts", lambda takes: "oui" if takes else "non"),
    "carry_under_cents": Shown("Report des montants sous", money),
    "is_on": Shown("Relances", lambda is_on: "actives" if is_on else "désactivées"),
    "minimum_cents": Shown("Montant minimal d’une relance", money),
    "steps": Shown("Calendrier des relances", _calendar),
    **HEADINGS,
}
"""What the summary before saving tells of a régie."""
SHOWN = {
    "label": "Nom",
    "code": "Code",
    "series_prefix": "Préfixe des numéros",
    "due_days": "Échéance, en jours",
}
CONCERNS = "Le préfixe des numéros de facture ne change plus ensuite."
