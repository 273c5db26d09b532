"""Demonstration data: the categories of two communes that do not exist."""

from uuid import UUID

from preau.common.db.database import Database
from preau.requests.categories.repository import add_category
from preau.requests.categories.schemas import CategoryIn

JOLIEVILLE = UUID("01900000-0000-7000-8000-000000000001")
BEAUVAL = UUID("01900000-0000-7000-8000-000000000002")

PICKUP = {
    "code": "pickup",
    "label": "Autorisation de récupération d’un enfant",
    "description": "Autoriser une personne à venir chercher votre enfant à la sortie d’un accueil. "
    "L’autorisation vaut dès que la commune l’a acceptée.",
    "position": 10,
    "form": {
        "fields": [
            {"name": "child", "label": "Enfant", "kind": "child"},
            {"name": "person_name", "label": "Nom et prénom de la personne autorisée", "kind": "text"},
            {
                "name": "relation",
                "label": "Lien avec l’enfant",
                "kind": "choice",
                "options": [
                    "Grand-parent",
                    "Autre membre de la famille",
                    "Voisin ou ami",
                    "Assistant maternel",
                ],
            },
            {"name": "phone", "label": "Téléphone de la personne", "kind": "phone"},
            {"name": "valid_from", "label": "À partir du", "kind": "date"},
            {
                "name": "valid_to",
                "label": "Jusqu’au (compris)",
                "kind": "date",
                "required": False,
                "not_before": "valid_from",
                "help": "Laissez vide si l’autorisation n’a pas de fin.",
            },
        ]
    },
    "required_documents": [{"code": "identity", "label": "Pièce d’identité de la personne autorisée"}],
    "effect": {
        "kind": "pickup_authorisation",
        "fields": {
            "child_id": "child",
            "person_name": "person_name",
            "relation": "relation",
            "phone": "phone",
            "valid_from": "valid_from",
            "valid_to": "valid_to",
        },
    },
}

ADDRESS = {
    "code": "address",
    "label": "Changement d’adresse",
    "description": "Signaler la nouvelle adresse de la famille, avec un justificatif de moins de trois mois.",
    "position": 20,
    "form": {
        "fields": [
            {"name": "street", "label": "Numéro et rue", "kind": "text"},
            {"name": "postal_code", "label": "Code postal", "kind": "text"},
            {"name": "city", "label": "Ville", "kind": "text"},
            {"name": "valid_from", "label": "À partir du", "kind": "date"},
        ]
    },
    "required_documents": [{"code": "proof_of_address", "label": "Justificatif de domicile"}],
    "effect": {
        "kind": "address_change",
        "fields": {name: name for name in ("street", "postal_code", "city", "valid_from")},
    },
}

OTHER = {
    "code": "other",
    "label": "Autre demande",
    "description": "Une question ou une demande qui n’entre dans aucune autre thématique.",
    "position": 90,
    "form": {
        "fields": [
            {"name": "subject", "label": "Objet", "kind": "text"},
            {"name": "child", "label": "Enfant concerné", "kind": "child", "required": False},
            {"name": "details", "label": "Votre demande", "kind": "textarea"},
        ]
    },
}


async def seed(database: Database) -> None:
    """Give the two communes their categories; what stands already stays as it is."""
    for commune_id in (JOLIEVILLE, BEAUVAL):
        async with database.transaction(commune_id) as session:
            for definition in (PICKUP, ADDRESS, OTHER):
                category = CategoryIn.model_validate(definition).model_dump(mode="json")
                await add_category(session, {"commune_id": commune_id, **category})
