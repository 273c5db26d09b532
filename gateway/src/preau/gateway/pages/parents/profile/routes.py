"""Mon profil in tabs: the account, the guardians, the children, as the commune keeps them."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from preau.gateway.api.models.identity import AccountOut
from preau.gateway.pages import flash
from preau.gateway.pages.forms import Form, changes
from preau.gateway.pages.parents.accounts import fields
from preau.gateway.pages.parents.context import AnyParent, FamilyParent, ParentContext
from preau.gateway.pages.parents.profile.custody import own_children, shared_children
from preau.gateway.pages.parents.profile.forms import DeliveryForm, PasswordForm, ProfileForm
from preau.gateway.pages.rendering import see_other

router = APIRouter()

CHOICE_OF_DELIVERY = [
    ("mail", "Par courriel", "un message vous prévient, la facture est dans Mes factures"),
    ("paper", "Sur papier", "la commune vous l’envoie ; elle reste aussi dans Mes factures"),
]
DELIVERY_CHOSEN = {
    "mail": "Vos prochaines factures vous seront annoncées par courriel.",
    "paper": "Vos prochaines factures vous seront envoyées sur papier.",
}
TABS = frozenset({"compte", "responsables", "enfants", "mot-de-passe"})


def _editable(account: AccountOut) -> dict[str, str]:
    """What a parent may change of their account, as it stands."""
    return {
        "account_name": account.account_name,
        "notify_by": account.notify_by,
        "phone": account.phone,
        "second_phone": account.second_phone,
        "second_email": account.second_email,
    }


async def _page(
    parent: ParentContext,
    tab: str,
    form: Form | None = None,
    *,
    delivery_form: Form | None = None,
    status: int = 200,
) -> Response:
    record = await parent.record() if parent.family is not None else None
    account = parent.account
    if form is None:
        form = Form(dict(_editable(account)))
    context: dict[str, object] = {
        "record": record,
        "custodies": own_children(record, parent.today) if record else {},
        "shared_children": shared_children(record, parent.today) if record else [],
        "account": account,
        "form": form,
        "part": tab,
        "delivery_form": delivery_form or Form({"delivery": record.delivery if record else ""}),
        "deliveries": CHOICE_OF_DELIVERY,
        "short_civilities": fields.SHORT_CIVILITIES,
        **fields.choices(),
    }
    return parent.page("parents/profile/profile.html", context, status=status)


@router.get("/profil")
async def profile_page(parent: AnyParent, onglet: str = "compte") -> Response:
    """A tab of the profile."""
    return await _page(parent, onglet if onglet in TABS else "compte")


@router.post("/profil")
async def change_account(request: Request, parent: AnyParent) -> Response:
    """Change how the account is called and reached."""
    form, stated = ProfileForm.sent(await request.form())
    if stated is not None:
        with form.refusing():
            if changed := changes(stated.model_dump(exclude_unset=True), parent.account):
                await parent.identity.change_account(changed)
            flash.add(request, "success", "Vos informations sont enregistrées.")
            return see_other("/profil")
    return await _page(parent, "compte", form, status=422)


@router.post("/profil/factures")
async def choose_delivery(request: Request, parent: FamilyParent) -> Response:
    """How the family's invoices are sent from the next one on."""
    form, stated = DeliveryForm.sent(await request.form())
    if stated is not None:
        with form.refusing():
            await parent.identity.choose_delivery(parent.family_id, stated.model_dump())
            told = DELIVERY_CHOSEN[stated.delivery]
            flash.add(request, "success", told)
            return see_other("/profil")
    return await _page(parent, "compte", delivery_form=form, status=422)


@router.post("/profil/mot-de-passe")
async def change_password(request: Request, parent: AnyParent) -> Response:
    """Change the password; the sessions of other browsers end."""
    form, stated = PasswordForm.sent(await request.form())
    if stated is not None:
        with form.refusing():
            await parent.identity.change_password(stated.model_dump())
            flash.add(request, "success", "Votre mot de passe est changé.")
            return see_other("/profil")
    return await _page(parent, "mot-de-passe", form, status=422)
