"""The fields of an account, shared by registration and activation."""

from __future__ import annotations

from typing import Any

from preau.gateway.pages.forms import NOT_THE_SAME, Form

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
REQUIRED = {
    "account_name": "Donnez un nom à votre compte, par exemple « Famille Martin ».",
    "email": "Indiquez votre adresse e-mail.",
    "password": "Choisissez un mot de passe.",
    "password_confirmation": "Saisissez le mot de passe une seconde fois.",
    "first_name": "Indiquez votre prénom.",
    "last_name": "Indiquez votre nom.",
}
ALWAYS_SENT = ("account_name", "email", "password", "password_confirmation", "purpose", "notify_by")
NAMES = ("civility", "first_name", "last_name", "phone", "second_phone", "second_email")


def choices() -> dict[str, Any]:
    """What the template offers to choose from."""
    return {"purposes": PURPOSES, "civilities": CIVILITIES, "notify_options": NOTIFY_BY, "labels": LABELS}


def check(form: Form) -> None:
    """Find what is plainly wrong before identity is asked."""
    form.require(REQUIRED)
    typed, again = form.value("password"), form.value("password_confirmation")
    if typed and again and typed != again:
        form.errors["password_confirmation"] = NOT_THE_SAME
    if form.value("notify_by") == "sms" and not form.value("phone"):
        form.errors["phone"] = "Indiquez le numéro qui recevra les SMS."


def body(form: Form) -> dict[str, object]:
    """The account's fields as identity takes them: what was left empty is absent."""
    sent = {name: form.value(name) for name in ALWAYS_SENT}
    sent["purpose"] = sent["purpose"] or "personal"
    sent["notify_by"] = sent["notify_by"] or "email"
    return sent | {name: form.value(name) for name in NAMES if form.value(name)}
