"""A booking's charges: one for each family that pays for the child's days. Pure."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple
from uuid import UUID

from preau.billing.custody.domain import Terms, share_id
from preau.contracts.custody import WHOLE

Row = Mapping[str, Any]
"""The columns of a charge."""


class Share(NamedTuple):
    """What a family pays of a booking, by a charge; ``shared_booking_id`` where another family booked."""

    charge_id: UUID
    family_id: UUID
    percent: int
    shared_booking_id: UUID | None


def shares_of(own: Row, terms: Terms | None) -> list[Share]:
    """One a family, that which booked (``own``) the first; what is paid at booking is paid whole by it."""
    booking_id, own_id = own["booking_id"], own["family_id"]
    paid: dict[UUID, int] = {own_id: WHOLE}
    if terms is not None:
        by_custody = {payer.family_id: payer.percent for payer in terms.payers(own["service_date"])}
        is_prepaid = own["payment_mode"] == "prepaid"
        paid = dict.fromkeys(by_custody, 0) | paid if is_prepaid else {own_id: 0} | by_custody
    return [
        Share(booking_id, own_id, percent, None)
        if family_id == own_id
        else Share(share_id(booking_id, family_id), family_id, percent, booking_id)
        for family_id, percent in paid.items()
    ]


def charges_of(bookings: Iterable[Row], terms: Mapping[UUID, Terms]) -> list[dict[str, Any]]:
    """The charges of bookings, of which the own charges are given, in the order of their ids."""
    charges = [
        {
            **own,
            "booking_id": share.charge_id,
            "family_id": share.family_id,
            "payer_percent": share.percent,
            "shared_booking_id": share.shared_booking_id,
        }
        for own in bookings
        for share in shares_of(own, terms.get(own["child_id"]))
    ]
    return sorted(charges, key=lambda charge: charge["booking_id"])
