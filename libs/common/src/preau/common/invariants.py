"""What must hold in a service's own database; each service keeps its list, and the audit reads them all."""

from collections.abc import Sequence
from importlib.metadata import entry_points
from typing import NamedTuple

GROUP = "preau.invariants"
"""The entry points under which services name their lists."""


class Invariant(NamedTuple):
    """A query whose rows, one text each, are the breaches; it runs as the audit's role, over all communes."""

    says: str
    sql: str


def invariants_of(service: str) -> Sequence[Invariant]:
    """What must hold in the database of a service. Raises ``LookupError`` when it is not installed."""
    found = entry_points(group=GROUP, name=service)
    if not found:
        raise LookupError(f"preau-{service} is not installed: its invariants are unknown")
    return tuple(next(iter(found)).load())
