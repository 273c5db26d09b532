"""What agents state of a régie, and of a run to begin."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from preau.gateway.pages.agents.workbench.confirming import Shown
from preau.gateway.pages.agents.workbench.editing import EditForm
from preau.gateway.pages.form_fields import Month, Needed, Whole
from preau.gateway.pages.form_models import FormModel


class BeginForm(FormModel):
    """A run to begin: of which régie, for which month."""

    regie_id: Annotated[str, Field(title="Régie"), Needed("Choisissez une régie.")]
    period: Annotated[Month, Field(title="Mois"), Needed("Choisissez un mois.")]
    kind: Annotated[Literal["month_end", "complement"], Field(title="Type")] = "month_end"


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


EDITED = {
    "label": Shown("Nom"),
    "due_days": Shown("Échéance, en jours"),
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
"""What the summary before saving tells of a régie."""
SHOWN = {
    "label": "Nom",
    "code": "Code",
    "series_prefix": "Préfixe des numéros",
    "due_days": "Échéance, en jours",
}
CONCERNS = "Le préfixe des numéros de facture ne change plus ensuite."
