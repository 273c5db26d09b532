"""The list of families."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from preau.gateway.api.models.identity import ChildOut, FamilyOut, GuardianOut, PageFamilyOut
from preau.gateway.pages.agents.context import AgentContext
from preau.gateway.pages.agents.labels import FAMILY, FAMILY_STATUS, RESIDENCY
from preau.gateway.pages.agents.workbench.columns import Column
from preau.gateway.pages.agents.workbench.listing import Asked, Empty, Filter, Listing

RESIDENCES = dict(RESIDENCY)


async def _fetch(agent: AgentContext, filters: Mapping[str, str], asked: Asked, limit: int) -> PageFamilyOut:
    return await agent.identity.families(**filters, sort=asked.order, cursor=asked.cursor, limit=limit)


def _names(persons: Sequence[GuardianOut | ChildOut]) -> str:
    return ", ".join(f"{person.first_name} {person.last_name}" for person in persons)


def _joined(texts: Iterable[str]) -> str:
    return ", ".join(text for text in texts if text)


def _payer(family: FamilyOut) -> str:
    return _names([person for person in family.guardians if person.is_payer])


def _account(family: FamilyOut) -> str:
    return "linked" if any(person.has_account for person in family.guardians) else "none"


FAMILIES = Listing[FamilyOut](
    path="/agent/familles",
    caption="Familles de la commune",
    fetch=_fetch,
    given_by="label",
    record=lambda family: f"/agent/familles/{family.family_id}",
    filters=(
        Filter("q", "Nom, enfant ou adresse e-mail", "search"),
        Filter("city", "Ville", "text"),
        Filter("account", "Compte", options=tuple((code, text) for code, (text, _) in FAMILY.items())),
        Filter("status", "Dossier", options=FAMILY_STATUS),
    ),
    columns=(
        Column(
            "label",
            "Famille",
            lambda family: family.label,
            links=lambda family: [(family.label, f"/agent/familles/{family.family_id}")],
            note=lambda family: "(fermée)" if family.status == "closed" else "",
            sortable=True,
        ),
        Column("guardians", "Responsables", lambda family: _names(family.guardians)),
        Column("children", "Enfants", lambda family: _names(family.children)),
        Column("city", "Ville", lambda family: family.address.city, sortable=True),
        Column("account", "Compte", _account, "state", FAMILY),
        Column("payer", "Reçoit les factures", _payer, shown=False),
        Column(
            "emails", "E-mails", lambda family: _joined(each.email for each in family.guardians), shown=False
        ),
        Column(
            "phones",
            "Téléphones",
            lambda family: _joined(each.phone for each in family.guardians),
            shown=False,
        ),
        Column("street", "Rue", lambda family: family.address.street, shown=False),
        Column("postal_code", "Code postal", lambda family: family.address.postal_code, shown=False),
        Column("residency", "Résidence", lambda family: family.residency, words=RESIDENCES, shown=False),
    ),
    empty=Empty(
        "Aucune famille pour l’instant",
        "Enregistrez la première : ses responsables reçoivent une invitation par e-mail.",
        "users",
        "Enregistrer une famille",
        "/agent/familles/nouvelle",
    ),
    no_match=Empty("Aucune famille trouvée", "Essayez avec moins de mots : un seul nom suffit.", "search"),
)
