"""What has happened, as mails and pages say it; keys are the statuses and reasons as events have them."""

from collections.abc import Mapping

BOOKING: Mapping[str, str] = {
    "confirmed": "Réservation acceptée",
    "requested": "Demande de réservation enregistrée",
    "cancel_requested": "Demande d’annulation enregistrée",
    "cancelled": "Réservation annulée",
    "refused": "Réservation refusée",
}
"""A booking that an agent, a parent or a rule moved there: the headline of its mail."""
CANCELLATION_MARKED = "Annulation demandée, sans réponse avant ce jour : le pointage en décide."
"""What became of a request to cancel that nobody had decided when the child was marked."""
PAYMENT_FAILURE: Mapping[str, str] = {
    "refused": "a été refusé",
    "cancelled": "a été abandonné",
    "expired": "n’a pas été terminé à temps",
}
"""Why a payment (le paiement) came to nothing."""

ORDERED: Mapping[str, str] = {
    "confirmed": "Réservé",
    "attended": "Réservé",
    "absent_justified": "Réservé",
    "absent_unjustified": "Réservé",
    "requested": "Demandé : un agent vous répondra",
    "waitlisted": "En liste d’attente",
    "awaiting_payment": "À payer",
    "cancel_requested": "Annulation demandée : un agent vous répondra",
    "cancelled": "Annulé",
    "refused": "Refusé",
    "expired": "Non payé à temps : les places ont été rendues",
}
"""What an order did to the bookings of a status, in the order in which it is told."""

CHANGED: Mapping[str, str] = {
    "commune.logo_set": "Logo changé",
    "commune.logo_removed": "Logo retiré",
    "family.delivery_chosen": "Envoi des factures choisi",
    "quotient.set": "Quotient enregistré",
    "quotient.removed": "Quotient retiré",
    "residency.removed": "Résidence retirée",
    "payer.removed": "Payeur retiré",
    "schooling.removed": "Scolarité retirée",
    "custody.set": "Garde enregistrée",
    "custody.removed": "Garde retirée",
    "family.shared_child_changed": "Enfant en garde partagée modifié",
    "invoice.cancelled": "Annulée",
    "invoice.split": "Échelonnée",
    "invoice.split_cancelled": "Échéancier annulé",
    "invoice.written": "Écrite et émise",
    "invoice.written_off": "Admise en non-valeur",
    "invoice.asked_again": "Admission annulée",
    "request.taken_up": "Prise en charge",
    "request.info_asked": "Précisions demandées",
    "request.message_written": "Réponse écrite",
    "request.accepted": "Acceptée",
    "request.refused": "Refusée",
    "year.closed": "Exercice clos",
    "year.reopened": "Exercice rouvert",
    "run.begun": "Préparée",
    "run.issued": "Émise",
    "run.paused": "Mise en pause",
    "run.resumed": "Reprise",
    "run.family_set_aside": "Famille mise de côté",
    "run.family_brought_back": "Famille remise",
    "run.recomputed": "Recalculée",
    "run.discarded": "Abandonnée",
}
"""What an agent did to a record last, before "par …": where it is not just a change of it."""
CHANGED_BY_FAMILY = frozenset({"family.delivery_chosen"})
"""Among them what the family itself did, not an agent."""
