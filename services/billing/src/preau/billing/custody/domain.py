"""Who pays for a child's day. Pure."""

from datetime import date
from typing import NamedTuple
from uuid import UUID, uuid5

from preau.contracts.custody import WHOLE, Custody


class Payer(NamedTuple):
    """A family and what it pays of a day, in percent; 0 where another one pays."""

    family_id: UUID
    percent: int


class Terms(NamedTuple):
    """A child's home family, and its custodies by day."""

    home_id: UUID
    custodies: tuple[Custody, ...]

    def families(self) -> frozenset[UUID]:
        """All that pay on some day, or did."""
        return frozenset({self.home_id, *(each.family_id for each in self.custodies if each.family_id)})

    def payers(self, day: date) -> list[Payer]:
        """What each of the `families` pays of a day; together they pay it whole."""
        holding = [each for each in self.custodies if each.holds_on(day)]
        other_id = holding[-1].family_id if holding else None
        percent = holding[-1].other_percent(day) if holding and other_id else 0
        shares = dict.fromkeys(sorted(self.families()), 0)
        shares[self.home_id] += WHOLE - percent
        if other_id:
            shares[other_id] += percent
        return [Payer(*each) for each in shares.items()]

    def home_percent(self, day: date) -> int:
        """What the home family pays of a day."""
        return dict(self.payers(day))[self.home_id]


def share_id(booking_id: UUID, family_id: UUID) -> UUID:
    """The id of the charge of a booking that another family than the one that booked pays for."""
    return uuid5(booking_id, str(family_id))
