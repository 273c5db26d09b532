"""What the kinds, roles and settings of the API are called; keys as the API has them."""

from collections.abc import Mapping

INVOICE: Mapping[str, str] = {
    "month_end": "facture du mois",
    "complement": "complément",
    "prepaid": "facture de réservation",
    "credit_note": "avoir",
    "manual": "facture manuelle",
}
DOCUMENT: Mapping[str, str] = {**INVOICE, "avoir_undone": "annulation d’avoir"}
"""What billing gives families, as `documents.kind_shown` has it."""
REFERENCE: Mapping[str, str] = {"cancels": "annule la facture", "corrects": "corrige la facture"}
"""What an avoir or a complement does to an earlier invoice."""
DELIVERY: Mapping[str, str] = {"mail": "par courriel", "paper": "sur papier"}
"""How a family gets its invoices."""
RUN: Mapping[str, str] = {"month_end": "facturation du mois", "complement": "complément"}
ANOMALY: Mapping[str, str] = {
    "unknown_family": "fiche de famille inconnue",
    "unknown_child": "enfant qui n’est plus dans la fiche",
    "no_tariff": "prestation sans tarif",
    "missing_quotient": "quotient inconnu",
    "far_from_last_month": "loin du mois précédent",
    "undecided": "annulation à décider",
    "in_favour": "solde en faveur de la famille",
    "nothing_due": "total nul",
}
"""What an agent should look at before a run is issued."""
ROLE: Mapping[str, str] = {
    "admin": "administration",
    "reservations": "réservations",
    "attendance": "pointage",
    "billing": "facturation",
    "requests": "demandes",
}
"""What an agent may do."""
CUSTODY: Mapping[str, str] = {
    "weeks": "une semaine sur deux",
    "weekdays": "certains jours de la semaine",
    "dates": "aux dates convenues",
    "share": "frais partagés",
    "none": "toujours dans sa famille",
}
"""How another family has a child, or pays for it."""
WEEKS: Mapping[str, str] = {"even": "semaines paires", "odd": "semaines impaires"}
"""Which weeks of the year, by their number."""
CUSTODY_SIDE: Mapping[str, str] = {"other": "chez l’autre famille", "home": "dans sa famille"}
"""Where a child of two families is on agreed dates."""
RESIDENCY: Mapping[str, str] = {"resident": "habite la commune", "non_resident": "hors commune"}
LEVEL: Mapping[str, str] = {"nursery": "maternelle", "elementary": "élémentaire", "other": "autre"}
CIVILITY: Mapping[str, str] = {"": "—", "mme": "Madame", "m": "Monsieur"}
UNIT: Mapping[str, str] = {
    "unit": "à l’unité",
    "half_day": "à la demi-journée",
    "day": "à la journée",
    "quarter_hour": "au quart d’heure",
}
PAYMENT_MODE: Mapping[str, str] = {
    "month_end": "facturée en fin de mois",
    "prepaid": "payée à la réservation",
}
PAYMENT_METHOD: Mapping[str, str] = {
    "card": "carte bancaire",
    "direct_debit": "prélèvement",
    "cash": "espèces",
    "cheque": "chèque",
    "transfer": "virement",
    "online": "en ligne",
}
REMINDER: Mapping[str, str] = {
    "mail": "e-mail",
    "letter": "lettre",
    "treasury": "liste pour le Trésor public",
}
"""How a family is reminded (relance)."""
REVENUE: Mapping[str, str] = {"free": "lignes manuelles sans prestation"}
"""The revenue that is no activity's."""
DECISION: Mapping[str, str] = {"auto": "immédiate", "agent": "après décision d’un agent"}
OPEN_IN: Mapping[str, str] = {
    "school": "semaines d’école",
    "holidays": "vacances scolaires",
    "always": "toute l’année",
}
DAY_TYPE: Mapping[str, str] = {
    "calendar": "jours du calendrier",
    "working": "jours ouvrés",
    "clear": "jours francs",
    "service": "jours de service",
    "school": "jours d’école",
}
CLOSURE: Mapping[str, str] = {
    "closure": "fermeture",
    "day_off": "jour chômé",
    "school_holidays": "vacances scolaires",
    "class_held": "classe maintenue",
}
"""What agents enter in the commune's calendar."""
SCHOOL_ZONE: Mapping[str, str] = {
    "A": "zone A",
    "B": "zone B",
    "C": "zone C",
    "alsace": "zone B, Alsace (Vendredi saint et 26 décembre fériés)",
    "moselle": "zone B, Moselle (Vendredi saint et 26 décembre fériés)",
    "corse": "académie de Corse",
    "guadeloupe": "académie de la Guadeloupe",
    "guyane": "académie de la Guyane",
    "martinique": "académie de la Martinique",
    "mayotte": "académie de Mayotte",
    "reunion": "académie de La Réunion",
}
"""Whose public and school holidays a commune keeps."""
PERSON: Mapping[str, str] = {"family": "famille", "agent": "agent"}
ACCOUNT: Mapping[str, str] = {
    "receivable": "à recevoir des familles",
    "credit": "crédits des familles",
    "revenue": "produits",
    "cash": "encaissements",
    "refunding": "remboursements en cours",
    "written_off": "non-valeurs et remises",
}
"""The accounts of a régie's ledger."""
ENTRY: Mapping[str, str] = {
    "invoice": "facture",
    "credit_note": "avoir",
    "payment": "paiement",
    "set_off": "crédit déduit",
    "refund_ordered": "remboursement",
    "refund_done": "remboursement fait",
    "refund_denied": "remboursement refusé",
    "credit_refund": "crédit rendu",
    "write_off": "admission en non-valeur",
    "write_off_undone": "admission annulée",
}
"""What moves a family's account."""
