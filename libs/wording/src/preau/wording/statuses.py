"""What the statuses of things are called: one name each, the same for families, agents and mails.

Names are written inside a sentence, in lower case; ``typography.sentence`` gives them their capital. Keys are
the statuses as the API has them.
"""

from collections.abc import Mapping

REQUEST: Mapping[str, str] = {
    "draft": "brouillon",
    "submitted": "envoyée",
    "in_review": "en cours d’étude",
    "info_needed": "précisions demandées",
    "accepted": "acceptée",
    "refused": "refusée",
    "withdrawn": "retirée",
}
"""A family's request (une demande)."""
BOOKING: Mapping[str, str] = {
    "requested": "demandée",
    "awaiting_payment": "à payer",
    "confirmed": "confirmée",
    "waitlisted": "en liste d’attente",
    "cancel_requested": "annulation demandée",
    "cancelled": "annulée",
    "refused": "refusée",
    "expired": "non payée à temps",
    "attended": "enfant présent",
    "absent_justified": "absence justifiée",
    "absent_unjustified": "absence non justifiée",
}
"""A booking (une réservation)."""

ORDER: Mapping[str, str] = {
    "placed": "enregistrée",
    "awaiting_payment": "à payer",
    "confirmed": "confirmée",
    "expired": "expirée",
}
"""A validated basket (une commande)."""

INVOICE: Mapping[str, str] = {
    "draft": "projet",
    "issued": "à payer",
    "partly_paid": "payée en partie",
    "paid": "payée",
    "written_off": "admise en non-valeur",
    "cancelled": "annulée",
}
"""An invoice (une facture)."""

DOCUMENT: Mapping[str, str] = {**INVOICE, "in_favour": "en faveur de la famille"}
"""An invoice or an avoir, as `documents.status_shown` has it."""

PAYABLE: Mapping[str, str] = {"open": "à payer", "settled": "payée", "cancelled": "annulée"}
"""An invoice as payments and orders know it."""

REMINDER: Mapping[str, str] = {"to_hand_over": "à remettre", "handed_over": "remise"}
"""A letter or a list for the Treasury (une relance)."""

PLAN: Mapping[str, str] = {
    "open": "en cours",
    "closed": "soldé",
    "given_up": "abandonné",
    "void": "sans objet",
    "cancelled": "annulé",
}
"""An instalment plan (un échéancier)."""

RUN: Mapping[str, str] = {
    "computing": "calcul en cours",
    "compute_paused": "calcul en pause",
    "computed": "à vérifier",
    "issuing": "émission en cours",
    "issue_paused": "émission en pause",
    "issued": "émise",
    "discarded": "abandonnée",
}
"""A billing run (une facturation)."""

PRINT: Mapping[str, str] = {"rendering": "en cours", "ready": "prête", "failed": "échouée"}
"""A file of many invoices (une impression)."""

PAYMENT: Mapping[str, str] = {
    "created": "créé",
    "redirected": "en cours à la banque",
    "pending": "en attente de la banque",
    "settled": "encaissé",
    "refused": "refusé",
    "cancelled": "abandonné",
    "expired": "expiré",
    "review": "à vérifier",
    "refunded": "remboursé",
}
"""A payment (un paiement)."""

RECORD: Mapping[str, str] = {"active": "actif", "closed": "fermé"}
"""An agent, a family's record, a site or an activity that is in use or no longer."""
