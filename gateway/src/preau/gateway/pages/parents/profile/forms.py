"""What a parent states of their account."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from preau.gateway.pages.form_fields import Email, Needed
from preau.gateway.pages.form_models import FormModel
from preau.gateway.pages.parents.accounts.fields import NotifyBy, PhoneForSms
from preau.gateway.pages.recovery import NewPasswordForm


class ProfileForm(FormModel):
    """How the account is called and reached."""

    account_name: Annotated[
        str,
        Field(title="Nom du compte"),
        Needed("Donnez un nom à votre compte, par exemple « Famille Martin »."),
    ]
    notify_by: Annotated[NotifyBy, Field(title="Notifications")] = "email"
    phone: Annotated[PhoneForSms, Field(title="Téléphone principal")] = ""
    second_phone: Annotated[str, Field(title="Téléphone secondaire")] = ""
    second_email: Annotated[Email, Field(title="E-mail secondaire")] = ""


class DeliveryForm(FormModel):
    """How the family wants its invoices."""

    delivery: Annotated[
        Literal["mail", "paper"],
        Field(title="Factures"),
        Needed("Choisissez comment recevoir vos factures."),
    ]


class PasswordForm(NewPasswordForm):
    """A new password, with the present one."""

    current_password: Annotated[
        str, Field(title="Mot de passe actuel"), Needed("Indiquez votre mot de passe actuel.")
    ] = Field(repr=False)
