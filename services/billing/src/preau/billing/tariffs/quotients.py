"""Which quotient counts on a day, by a tariff's policy."""

from datetime import date, timedelta
from decimal import Decimal

from preau.billing.tariffs.definition import QuotientPolicy
from preau.billing.tariffs.facts import FamilyFacts, QuotientFacts


def quotient_on(family: FamilyFacts, policy: QuotientPolicy, day: date) -> Decimal | None:
    """The quotient that counts on a day, the latest if several do; ``None`` if none is known.

    One counts until the one that follows it does: what is entered late leaves no days without.
    """
    counting = [quotient for quotient in family.quotients if counts_from(quotient, policy) <= day]
    if not counting:
        return None
    latest = max(counting, key=lambda quotient: quotient.effective_from)
    followed = any(latest.effective_to == other.effective_from for other in family.quotients)
    ended = latest.effective_to is not None and begins(latest.effective_to, policy) <= day
    return None if ended and not followed else latest.value


def counts_from(quotient: QuotientFacts, policy: QuotientPolicy) -> date:
    """The first day on which a quotient counts."""
    day = quotient.effective_from
    if not policy.retroactive and quotient.recorded_on is not None:
        day = max(day, quotient.recorded_on)
    return begins(day, policy)


def begins(day: date, policy: QuotientPolicy) -> date:
    """The day itself, or the first of a month that is not before it."""
    if policy.counts == "its_day" or day.day == 1 or day == date.min:
        return day
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)
