"""The column of a list that names a family and leads to its record."""

from __future__ import annotations

from typing import Protocol, TypeVar

from preau.gateway.pages.agents.workbench.columns import Column


class OfFamily(Protocol):
    """A row that is some family's."""

    @property
    def family_id(self) -> str: ...
    @property
    def family_label(self) -> str: ...


FamilyRow = TypeVar("FamilyRow", bound=OfFamily)


def family_column(_row: type[FamilyRow]) -> Column[FamilyRow]:
    """The family of each row; the service orders by its label."""
    return Column(
        "family",
        "Famille",
        lambda row: row.family_label,
        links=lambda row: [(row.family_label, f"/agent/familles/{row.family_id}")],
        sortable=True,
    )
