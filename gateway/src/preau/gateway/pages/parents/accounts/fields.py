"""The account's form, shared by registration and activation."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from preau.gateway.pages.form_fields import Email, Needed, NeededWith, same_as
from preau.gateway.pages.form_models import FormModel
from preau.gateway.pages.forms import NOT_THE_SAME
from preau.gateway.pages.parents.accounts.codes import tidy_code

PURPOSES = [
    ("personal", "Ma famille"),
    ("organisation", "Une structure", "assistante familiale, foyer, association…"),
]
CIVILITIES = [("mme", "Madame"), ("m", "Monsieur"), ("", "Sans civilité")]
SHORT_CIVILITIES = {"mme": "Mme", "m": "M.", "": ""}
NOTIFY_BY = [("email", "Par e-mail"), ("sms", "Par SMS"), ("none", "Ne pas me prévenir")]

LABELS = {
    "account_name": "Nom du compte",
    "email": "Adresse e-mail",
    "password": "Mot de passe",
    "password_confirmation": "Confirmation du mot de passe",
    "purpose": "Usage du compte",
    "civility": "Civilité",
    "first_name": "Prénom",
    "last_name": "Nom",
    "notify_by": "Notifications",
    "phone": "Téléphone principal",
    "second_phone": "Téléphone secondaire",
    "second_email": "E-mail secondaire",
    "altcha": "Vérification",
    "code": "Code d’adhésion",
}
NotifyBy = Literal["email", "sms", "none"]
PhoneForSms = Annotated[str, NeededWith("notify_by", ("sms",), "Indiquez le numéro qui recevra les SMS.")]


class AccountForm(FormModel):
    """A new account, as its owner states it."""

    account_name: Annotated[
        str,
        Field(title="Nom du compte"),
        Needed("Donnez un nom à votre compte, par exemple « Famille Martin »."),
    ]
    email: Annotated[Email, Field(title="Adresse e-mail"), Needed("Indiquez votre adresse e-mail.")]
    password: Annotated[str, Field(title="Mot de passe"), Needed("Choisissez un mot de passe.")] = Field(
        repr=False
    )
    password_confirmation: Annotated[
        str,
        Needed("Saisissez le mot de passe une seconde fois."),
        same_as("password", NOT_THE_SAME),
    ] = Field(repr=False)
    purpose: Annotated[Literal["personal", "organisation"], Field(title="Usage du compte")] = "personal"
    civility: Annotated[Literal["", "m", "mme"], Field(title="Civilité")] = ""
    first_name: Annotated[str, Field(title="Prénom"), Needed("Indiquez votre prénom.")]
    last_name: Annotated[str, Field(title="Nom"), Needed("Indiquez votre nom.")]
    notify_by: Annotated[NotifyBy, Field(title="Notifications")] = "email"
    phone: Annotated[PhoneForSms, Field(title="Téléphone principal")] = ""
    second_phone: Annotated[str, Field(title="Téléphone secondaire")] = ""
    second_email: Annotated[Email, Field(title="E-mail secondaire")] = ""

    def body(self) -> dict[str, object]:
        """The account as identity takes it: what was left empty is absent."""
        return {name: value for name, value in self.model_dump(exclude={"code"}).items() if value}


class RegistrationForm(AccountForm):
    """A new account with the check that a human does and, if the person has one, an adhesion code."""

    code: Annotated[str, Field(title="Code d’adhésion")] = ""
    altcha: Annotated[
        str,
        Field(title="Vérification"),
        Needed("La vérification n’est pas terminée. Attendez qu’elle le soit, puis renvoyez."),
    ]

    def body(self) -> dict[str, object]:
        return super().body() | ({"code": tidy_code(self.code)} if self.code else {})


def choices() -> dict[str, Any]:
    """What the template offers to choose from."""
    return {"purposes": PURPOSES, "civilities": CIVILITIES, "notify_options": NOTIFY_BY, "labels": LABELS}
