"""Money: integer cents everywhere; Decimal only inside a price's computation."""

from decimal import ROUND_HALF_UP, Decimal

Cents = int
"""An amount in euro cents."""


def round_half_up(cents: Decimal) -> Cents:
    """Round an amount in cents to the whole cent, halves away from zero (the rule of public accounting)."""
    return int(cents.quantize(Decimal(1), rounding=ROUND_HALF_UP))
