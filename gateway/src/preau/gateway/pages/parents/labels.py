"""What parents read for the codes of the APIs: words, tone and symbol."""

BOOKING: dict[str, tuple[str, str, str]] = {
    "requested": ("Demande en cours", "warn", "state-pending"),
    "awaiting_payment": ("À payer", "warn", "card"),
    "confirmed": ("Réservé", "good", "state-present"),
    "waitlisted": ("Liste d’attente", "warn", "state-pending"),
    "cancel_requested": ("Annulation demandée", "plum", "state-cancel_pending"),
    "cancelled": ("Annulé", "neutral", "cross"),
    "refused": ("Refusé", "bad", "state-refused"),
    "expired": ("Non payé à temps", "neutral", "clock"),
    "attended": ("Présent", "good", "state-present"),
    "absent_justified": ("Absence justifiée", "absent", "state-absent"),
    "absent_unjustified": ("Absent", "absent", "state-absent"),
}
"""For each status of a booking: its words, its tone and its symbol."""

REQUEST: dict[str, tuple[str, str]] = {
    "draft": ("neutral", "edit"),
    "submitted": ("warn", "state-pending"),
    "in_review": ("warn", "state-pending"),
    "info_needed": ("plum", "message"),
    "accepted": ("good", "success"),
    "refused": ("bad", "state-refused"),
    "withdrawn": ("neutral", "cross"),
}
"""For each status of a request: its tone and its symbol; the service gives its words."""

INVOICE_KIND = {
    "month_end": "Facture du mois",
    "complement": "Facture complémentaire",
    "prepaid": "Réservation prépayée",
    "credit_note": "Avoir",
}
