"""What agents state of a family: its record, its persons, its quotients."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from preau.gateway.pages.agents.workbench.confirming import Shown, among
from preau.gateway.pages.agents.workbench.editing import EditForm
from preau.gateway.pages.form_fields import Cents, Day, Email, Needed, Whole
from preau.gateway.pages.form_models import FormModel
from preau.gateway.pages.forms import Form
from preau.wording.kinds import DELIVERY
from preau.wording.typography import sentence

DELIVERIES = tuple((code, sentence(name)) for code, name in DELIVERY.items())
MOST = {"guardians": 4, "children": 8, "quotients": 3}
LEAST = {"guardians": 1, "children": 2, "quotients": 1}
"""Rows of the registration: at most, and to begin with."""

FamilyName = Annotated[str, Needed("Indiquez le nom de la famille.")]
Level = Literal["nursery", "elementary", "other"]


class AddressFields(FormModel):
    """A postal address."""

    street: Annotated[str, Field(title="Rue")] = ""
    postal_code: Annotated[str, Field(title="Code postal")] = ""
    city: Annotated[str, Field(title="Ville")] = ""


class GuardianRow(FormModel):
    """A responsible person."""

    distinctive: ClassVar[tuple[str, ...]] = ("first_name", "last_name", "email", "phone")

    civility: Annotated[Literal["", "m", "mme"], Field(title="Civilité")] = ""
    first_name: Annotated[str, Field(title="Prénom"), Needed("Indiquez le prénom du responsable.")]
    last_name: Annotated[
        str,
        Field(title="Nom"),
        Needed("Indiquez le nom {of}.", "first_name", "Indiquez le nom du responsable."),
    ]
    email: Annotated[Email, Field(title="E-mail")] = ""
    phone: Annotated[str, Field(title="Téléphone")] = ""


class ChildForm(FormModel):
    """A child of the family."""

    distinctive: ClassVar[tuple[str, ...]] = (
        "first_name",
        "last_name",
        "birth_date",
        "school",
        "class_name",
        "category",
        "diet",
    )

    first_name: Annotated[str, Field(title="Prénom"), Needed("Indiquez le prénom de l’enfant.")]
    last_name: Annotated[
        str,
        Field(title="Nom"),
        Needed("Indiquez le nom de famille {of}.", "first_name", "Indiquez le nom de l’enfant."),
    ]
    birth_date: Annotated[
        Day,
        Field(title="Date de naissance"),
        Needed(
            "Indiquez la date de naissance {of}.",
            "first_name",
            "Indiquez la date de naissance de l’enfant.",
        ),
    ]
    school: Annotated[str, Field(title="École")] = ""
    class_name: Annotated[str, Field(title="Classe")] = ""
    level: Annotated[Level, Field(title="Niveau")] = "elementary"
    category: Annotated[str, Field(title="Catégorie")] = ""
    diet: Annotated[str, Field(title="Régime alimentaire")] = ""

    def body(self) -> dict[str, Any]:
        """The child as identity takes it: what was left empty is absent."""
        return _filled(self)


class QuotientForm(FormModel):
    """A quotient familial from a day on."""

    distinctive: ClassVar[tuple[str, ...]] = ("value",)

    value: Annotated[Cents, Field(title="Quotient familial"), Needed("Indiquez le quotient.")]
    """In hundredths of a euro."""
    effective_from: Annotated[
        Day, Field(title="À compter du"), Needed("Indiquez à compter de quel jour le quotient vaut.")
    ]

    def body(self) -> dict[str, Any]:
        """The quotient as identity takes it: in euros, with two decimals."""
        return {"value": str(Decimal(self.value) / 100), "effective_from": self.effective_from}


class RecordForm(EditForm):
    """The family itself: its name, its home, how it gets its invoices."""

    label: Annotated[FamilyName, Field(title="Nom de la famille")]
    street: Annotated[str, Field(title="Rue")] = ""
    postal_code: Annotated[str, Field(title="Code postal")] = ""
    city: Annotated[str, Field(title="Ville")] = ""
    delivery: Annotated[Literal["mail", "paper"], Field(title="Factures")] = "mail"

    def body(self) -> dict[str, Any]:
        """The changes as identity takes them, of what the form sent."""
        sent = self.facts()
        address = {name: sent.pop(name) for name in ("street", "postal_code", "city") if name in sent}
        return {**sent, **({"address": address} if address else {})}


class RegistrationForm(FormModel):
    """A whole family at once."""

    label: Annotated[FamilyName, Field(title="Nom de la famille")]
    residency: Annotated[str, Field(title="Résidence")] = "resident"
    address: AddressFields = AddressFields()
    guardians: Annotated[
        list[GuardianRow], Field(title="Responsable"), Needed("Indiquez au moins un responsable.")
    ]
    children: list[ChildForm] = Field(default_factory=list[ChildForm], title="Enfant")
    quotients: list[QuotientForm] = Field(default_factory=list[QuotientForm], title="Quotient")
    payer: Annotated[Whole, Field(title="Reçoit les factures")] = 0
    delivery: Annotated[Literal["mail", "paper"], Field(title="Factures")] = "mail"
    known_family: Literal["", "on"] = ""

    def body(self, form: Form) -> dict[str, Any]:
        """The family as identity takes it; the payer was ticked by its row."""
        body: dict[str, Any] = self.model_dump(include={"label", "residency", "address", "delivery"})
        body["guardians"] = [
            {**_filled(guardian), "is_payer": row == self.payer}
            for row, guardian in zip(form.rows["guardians"], self.guardians, strict=True)
        ]
        body["children"] = [child.body() for child in self.children]
        body["quotients"] = [quotient.body() for quotient in self.quotients]
        body["known_family"] = self.known_family == "on"
        return body


def _filled(row: FormModel) -> dict[str, Any]:
    return {name: value for name, value in row.model_dump().items() if value != ""}


SHOWN = {
    "label": Shown("Nom de la famille"),
    "street": Shown("Rue"),
    "postal_code": Shown("Code postal"),
    "city": Shown("Ville"),
    "delivery": Shown("Factures", among(DELIVERIES)),
}
"""What the summary before saving tells of the record."""
