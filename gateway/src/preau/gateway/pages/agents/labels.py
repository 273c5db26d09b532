"""What agents read for the codes of the APIs: text and tone of a badge."""

from __future__ import annotations

BOOKING = {
    "requested": ("À décider", "calm"),
    "awaiting_payment": ("Paiement attendu", "warn"),
    "confirmed": ("Confirmée", "good"),
    "waitlisted": ("Liste d’attente", "neutral"),
    "cancel_requested": ("Annulation demandée", "plum"),
    "cancelled": ("Annulée", "neutral"),
    "refused": ("Refusée", "bad"),
    "expired": ("Expirée", "neutral"),
    "attended": ("Présent", "good"),
    "absent_justified": ("Absence justifiée", "absent"),
    "absent_unjustified": ("Absence non justifiée", "absent"),
}
REQUEST = {
    "submitted": ("À prendre en charge", "warn"),
    "in_review": ("En cours d’étude", "calm"),
    "info_needed": ("Précisions demandées", "plum"),
    "accepted": ("Acceptée", "good"),
    "refused": ("Refusée", "bad"),
    "withdrawn": ("Retirée", "neutral"),
}
INVOICE = {
    "issued": ("À payer", "warn"),
    "partly_paid": ("Payée en partie", "calm"),
    "paid": ("Payée", "good"),
    "cancelled": ("Annulée par avoir", "neutral"),
    "draft": ("Projet", "neutral"),
}
INVOICE_KIND = {
    "month_end": "Facture du mois",
    "complement": "Complément",
    "prepaid": "Payée d’avance",
    "credit_note": "Avoir",
}
RUN = {
    "computing": ("Calcul en cours", "calm"),
    "computed": ("Aperçu à vérifier", "warn"),
    "issuing": ("Émission en cours", "calm"),
    "issued": ("Émise", "good"),
    "discarded": ("Abandonnée", "neutral"),
}
RUN_KIND = {"month_end": "Facturation du mois", "complement": "Complément"}
PAYMENT = {
    "created": ("Créé", "neutral"),
    "redirected": ("En cours chez la banque", "calm"),
    "pending": ("En attente", "calm"),
    "settled": ("Encaissé", "good"),
    "refused": ("Refusé", "bad"),
    "cancelled": ("Abandonné", "neutral"),
    "expired": ("Expiré", "neutral"),
    "review": ("À vérifier", "warn"),
    "refunded": ("Remboursé", "plum"),
}
PAYMENT_METHOD = {"card": "Carte", "direct_debit": "Prélèvement"}
FAMILY = {"linked": ("Relié", "good"), "none": ("Pas encore", "neutral")}
RESIDENCY = (("resident", "Habite la commune"), ("non_resident", "Hors commune"))
LEVEL = (("nursery", "Maternelle"), ("elementary", "Élémentaire"), ("other", "Autre"))
CIVILITY = (("", "—"), ("mme", "Madame"), ("m", "Monsieur"))
WEEKDAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
DAY_TYPE = (
    ("calendar", "jours du calendrier"),
    ("working", "jours ouvrés"),
    ("clear", "jours francs"),
    ("service", "jours de service"),
    ("school", "jours d’école"),
)
PAYMENT_MODE = (("month_end", "Facturée en fin de mois"), ("prepaid", "Payée à la réservation"))
DECISION = (("auto", "Immédiate"), ("agent", "Après décision d’un agent"))
OPEN_IN = (
    ("school", "Semaines d’école"),
    ("holidays", "Vacances scolaires"),
    ("always", "Toute l’année"),
)
UNIT = (
    ("unit", "à l’unité"),
    ("half_day", "à la demi-journée"),
    ("day", "à la journée"),
    ("quarter_hour", "au quart d’heure"),
)

LABELS = {
    "booking_labels": BOOKING,
    "request_labels": REQUEST,
    "invoice_labels": INVOICE,
    "invoice_kinds": INVOICE_KIND,
    "run_labels": RUN,
    "run_kinds": RUN_KIND,
    "payment_labels": PAYMENT,
    "residencies": RESIDENCY,
    "levels": LEVEL,
    "civilities": CIVILITY,
    "weekday_names": WEEKDAYS,
    "day_types": DAY_TYPE,
    "payment_modes": PAYMENT_MODE,
    "decisions": DECISION,
    "seasons": OPEN_IN,
    "units": UNIT,
}
