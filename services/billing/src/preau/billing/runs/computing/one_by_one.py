"""Families that are billed charge by charge: something of theirs was billed before. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from uuid import UUID

from preau.billing.charges.domain import BILLABLE
from preau.billing.copies.families import Addressee
from preau.billing.invoices.corrections import KnownCharge, corrections
from preau.billing.invoices.domain import DraftLine, lines_of
from preau.billing.runs.computing.pricing import RunPrices, facts_of
from preau.billing.runs.domain import (
    Anomaly,
    ChargeState,
    anomalies_of,
    unknown_family,
)
from preau.billing.tariffs.domain import Price
from preau.billing.tariffs.facts import ChargeFacts
from preau.common.db.driver import Record


@dataclass(frozen=True, slots=True)
class KnownFamily:
    """What a run makes of a family: the lines that stand for what changed, and what is odd."""

    family_id: UUID
    addressee: Addressee
    lines: tuple[DraftLine, ...]
    fingerprint: int
    anomalies: Sequence[Anomaly]


def known_families(
    billed: Mapping[UUID, Record],
    rows: Sequence[Record],
    prices: RunPrices,
) -> list[KnownFamily]:
    """The families of a chunk's known charges, which come family by family, by what was billed of them."""

    def priced(row: Record) -> Price | None:
        return None if row["tariff_no"] is None else prices.of(row["tariff_no"], facts_of(row))

    families = groupby(rows, key=lambda row: row["family_id"])
    return [_known(billed[family_id], [(row, priced(row)) for row in own]) for family_id, own in families]


def _known(family: Record, rows: Sequence[tuple[Record, Price | None]]) -> KnownFamily:
    family_id, addressee = family["family_id"], family["addressee"]
    billable = [(row, made) for row, made in rows if row["status"] in BILLABLE]
    fingerprint = int(family["billed"])
    for row, _ in billable:
        fingerprint ^= int(row["fingerprint"])
    if addressee is None:
        return KnownFamily(family_id, _NOBODY, (), fingerprint, [unknown_family(len(rows))])
    lines = lines_of(corrections(_charge(row, made) for row, made in rows))
    total = sum(line.amount_cents for line in lines) if lines else None
    anomalies = anomalies_of((_state(row, made) for row, made in billable), total)
    return KnownFamily(family_id, Addressee(**addressee), lines, fingerprint, anomalies)


_NOBODY = Addressee(label="", name="", street="", postal_code="", city="")


def _charge(row: Record, made: Price | None) -> KnownCharge:
    return KnownCharge(
        booking_id=row["booking_id"],
        status=row["status"],
        charge=ChargeFacts(row["child_id"], row["activity_id"], row["service_date"], row["units"]),
        child_name=row["child_name"] or row["billed_name"],
        activity_label=row["activity_label"],
        price=made,
        billed_units=row["billed_units"],
        billed_cents=row["billed_cents"],
    )


def _state(row: Record, made: Price | None) -> ChargeState:
    return ChargeState(
        activity_label=row["activity_label"],
        has_tariff=made is not None,
        has_child=row["child_name"] is not None,
        quotient_is_missing=made is not None and made.quantity > 0 and made.quotient_is_missing,
        is_undecided=row["is_undecided"],
    )
