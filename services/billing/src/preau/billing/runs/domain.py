"""What is odd in a run, so that an agent looks at it before issuing. Pure."""

from collections.abc import Iterable
from typing import Literal, NamedTuple

from preau.common.money import Cents
from preau.wording.amounts import euros

RunKind = Literal["month_end", "complement"]
AnomalyKind = Literal[
    "unknown_family",
    "unknown_child",
    "no_tariff",
    "missing_quotient",
    "undecided",
    "in_favour",
    "nothing_due",
    "far_from_last_month",
]
FAR_CENTS: Cents = 3000
FAR_TIMES = 2
"""An amount is far from last month's when it is twice as much or half as much, and 30 € apart."""


class Anomaly(NamedTuple):
    """Something that an agent should look at before issuing."""

    kind: AnomalyKind
    message: str


class ChargeState(NamedTuple):
    """What may be odd about charges of a family: of an activity, or one of them."""

    activity_label: str
    has_tariff: bool
    has_child: bool
    quotient_is_missing: bool
    is_undecided: bool


def anomalies_of(states: Iterable[ChargeState], total_cents: Cents | None) -> list[Anomaly]:
    """What an agent should look at of one family; ``total_cents`` is its draft's, ``None`` without one."""
    found: set[Anomaly] = set()
    for state in states:
        if not state.has_tariff:
            found.add(Anomaly("no_tariff", f"« {state.activity_label} » n’a pas de tarif : non facturé."))
        if not state.has_child:
            found.add(Anomaly("unknown_child", "Un enfant facturé n’est plus dans la fiche famille."))
        if state.quotient_is_missing:
            found.add(Anomaly("missing_quotient", "Quotient inconnu : le tarif par défaut s’applique."))
        if state.is_undecided:
            found.add(
                Anomaly("undecided", "Une demande d’annulation attend sa décision : le jour est facturé.")
            )
    if total_cents is not None and total_cents < 0:
        found.add(Anomaly("in_favour", "Le solde est en faveur de la famille : un avoir sera émis."))
    if total_cents == 0:
        found.add(Anomaly("nothing_due", "Le total est nul."))
    return sorted(found)


def far_from_last_month(total_cents: Cents, previous_cents: Cents) -> Anomaly:
    """An amount that is far from that of the month before."""
    return Anomaly(
        "far_from_last_month",
        f"{euros(total_cents)} ce mois-ci, {euros(previous_cents)} le mois précédent.",
    )


def unknown_family(charges: int) -> Anomaly:
    """A family whose record is not known here."""
    return Anomaly("unknown_family", f"Fiche famille inconnue : {charges} prestation(s) non facturée(s).")
