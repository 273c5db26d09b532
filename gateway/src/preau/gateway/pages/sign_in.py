"""The sign-in form, of a parent or an agent."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from preau.gateway.pages.form_fields import Needed
from preau.gateway.pages.form_models import FormModel

SIGN_IN_REFUSED = frozenset({401, 422, 429})
NO_SUCH_ACCOUNT = "L’adresse e-mail ou le mot de passe ne convient pas."
"""Never says which of the two, nor whether there is an account."""


class SignInForm(FormModel):
    """E-mail and password; an agent of several communes says which one."""

    email: Annotated[str, Field(title="Adresse e-mail"), Needed("Indiquez votre adresse e-mail.")]
    password: Annotated[str, Field(title="Mot de passe"), Needed("Indiquez votre mot de passe.")] = Field(
        repr=False
    )
    commune_slug: str = ""
    suite: str = ""
