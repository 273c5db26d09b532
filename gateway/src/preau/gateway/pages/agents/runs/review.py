"""What an agent looks at before issuing a run: what is odd, by kind, and where each is mended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

from preau.gateway.api.models.billing import AnomalyOut
from preau.wording import kinds
from preau.wording.typography import sentence

MOST = 1000
"""How many anomalies of a run the service lists."""


class Mending(NamedTuple):
    """Where a kind of anomaly is mended: the link's words and address."""

    text: str
    address: str

    def href(self, anomaly: AnomalyOut) -> str:
        """The address for one anomaly; the family's, where it has no invoice."""
        if self.address == INVOICE and not anomaly.invoice_id:
            return FAMILY.format(family_id=anomaly.family_id)
        return self.address.format(family_id=anomaly.family_id, invoice_id=anomaly.invoice_id)


FAMILY = "/agent/familles/{family_id}"
INVOICE = "/agent/factures/{invoice_id}"
MENDING: Mapping[str, Mending] = {
    "unknown_family": Mending("Ouvrir la fiche", FAMILY),
    "no_tariff": Mending("Voir les tarifs", "/agent/tarifs"),
    "unknown_child": Mending("Voir les enfants", f"{FAMILY}/enfants"),
    "missing_quotient": Mending("Saisir le quotient", f"{FAMILY}/quotients"),
    "undecided": Mending(
        "Décider",
        "/agent/reservations?status=cancel_requested&family_id={family_id}",
    ),
    "far_from_last_month": Mending("Voir le détail", INVOICE),
    "in_favour": Mending("Voir le détail", INVOICE),
    "nothing_due": Mending("Voir le détail", INVOICE),
}
"""The kinds of anomaly, in the order in which they are shown."""


@dataclass(frozen=True, slots=True)
class Oddities:
    """The anomalies of one kind, and where each is mended."""

    title: str
    mending: Mending
    anomalies: Sequence[AnomalyOut]


def by_kind(anomalies: Sequence[AnomalyOut]) -> list[Oddities]:
    """The anomalies, a group a kind."""
    order = list(MENDING)
    ordered = sorted(anomalies, key=lambda each: order.index(each.kind))
    return [
        Oddities(sentence(kinds.ANOMALY[kind]), MENDING[kind], list(alike))
        for kind, alike in groupby(ordered, key=lambda each: each.kind)
    ]
