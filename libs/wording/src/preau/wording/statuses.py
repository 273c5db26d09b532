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
