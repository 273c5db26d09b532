"""Who has a family's children, and those of other families that it has, as their parents read it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from preau.gateway.api.models.identity import CustodyOut, FamilyOut
from preau.wording import custodies
from preau.wording.typography import sentence

HERE = "vous"
"""The family that reads, where a child of another one is with it."""


class Custody(NamedTuple):
    """Who has a child from a day on, None: it does already."""

    text: str
    begins: date | None


class SharedChild(NamedTuple):
    """A child of another family, by its first name alone."""

    first_name: str
    custodies: list[Custody]


def own_children(record: FamilyOut, today: date) -> dict[str, list[Custody]]:
    """Who has each child of the family, today and from a day on; nothing for one who is always there."""
    return {child.child_id: _told(child.custodies, "", today) for child in record.children}


def shared_children(record: FamilyOut, today: date) -> list[SharedChild]:
    """The children of other families that this one has, today or later."""
    children = [
        SharedChild(child.first_name, _told(child.custodies, HERE, today)) for child in record.shared_children
    ]
    return [child for child in children if child.custodies]


def _told(history: Sequence[CustodyOut], other: str, today: date) -> list[Custody]:
    standing = [each for each in history if each.effective_to is None or each.effective_to > today]
    return [
        Custody(
            sentence(custodies.custody(each, other or each.family_label)),
            each.effective_from if each.effective_from and each.effective_from > today else None,
        )
        for each in standing
    ]
