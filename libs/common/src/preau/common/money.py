"""Money: integer cents everywhere; Decimal only inside a price's computation."""

from decimal import ROUND_HALF_UP, Decimal

Cents = int
"""An amount in euro cents."""

NBSP = "\N{NO-BREAK SPACE}"


def round_half_up(cents: Decimal) -> Cents:
    """Round an amount in cents to the whole cent, halves away from zero (the rule of public accounting)."""
    return int(cents.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def euros(cents: Cents) -> str:
    """An amount as French readers write it: ``1 234,50 €``, with no-break spaces."""
    sign = "−" if cents < 0 else ""
    whole, rest = divmod(abs(cents), 100)
    return f"{sign}{whole:,},{rest:02d}{NBSP}€".replace(",", NBSP, f"{whole:,}".count(","))
