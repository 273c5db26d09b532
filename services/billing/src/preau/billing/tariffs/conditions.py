"""For whom a row or a step of a tariff counts: each condition that is left out holds."""

from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from preau.billing.tariffs.facts import Booked, PriceFacts, Regularity
from preau.common.http.texts import Line

Code = Annotated[Line, Field(min_length=1, max_length=40)]
"""What a commune's own list calls a category, a residency class or a variant."""


class Stated(BaseModel):
    """A part of what an agent states: a value, strict about its fields."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Range(Stated):
    """Whole numbers from ``least`` to ``most``, both included; without ``most``, without end."""

    least: int = Field(alias="from", default=1, ge=0, le=100)
    most: int | None = Field(alias="to", default=None, ge=0, le=100)

    def holds(self, value: int) -> bool:
        return self.least <= value and (self.most is None or value <= self.most)

    def within(self, other: Self) -> bool:
        """Whether the other holds wherever this one does."""
        ends_within = other.most is None or (self.most is not None and self.most <= other.most)
        return other.least <= self.least and ends_within


class Conditions(Stated):
    """What must hold together; of a list, one must.

    ``rank`` is 1 for the eldest; ``also_booked`` are activities that the child has on the same day.
    """

    categories: tuple[Code, ...] = Field(default=(), max_length=50)
    residencies: tuple[Code, ...] = Field(default=(), max_length=50)
    variants: tuple[Code, ...] = Field(default=(), max_length=50)
    rank: Range | None = None
    children: Range | None = None
    regularity: Regularity | None = None
    booked: tuple[Booked, ...] = Field(default=(), max_length=3)
    present: bool | None = None
    also_booked: tuple[UUID, ...] = Field(default=(), max_length=50)

    def hold(self, facts: PriceFacts) -> bool:
        return (
            (not self.categories or facts.category in self.categories)
            and (not self.residencies or facts.residency in self.residencies)
            and (not self.variants or facts.variant in self.variants)
            and (self.rank is None or self.rank.holds(facts.rank))
            and (self.children is None or self.children.holds(facts.children))
            and (self.regularity is None or self.regularity == facts.regularity)
            and (not self.booked or facts.booked in self.booked)
            and (self.present is None or self.present == facts.present)
            and (not self.also_booked or not facts.also_booked.isdisjoint(self.also_booked))
        )

    def imply(self, other: Self) -> bool:
        """Whether the other conditions hold wherever these do: a row after such another serves nobody."""
        lists: tuple[Literal["categories", "residencies", "variants", "booked", "also_booked"], ...] = (
            "categories",
            "residencies",
            "variants",
            "booked",
            "also_booked",
        )
        for name in lists:
            wanted, own = getattr(other, name), getattr(self, name)
            if wanted and not (own and set(own) <= set(wanted)):
                return False
        for wanted, own in ((other.rank, self.rank), (other.children, self.children)):
            if wanted is not None and not (own or Range()).within(wanted):
                return False
        return other.regularity in (None, self.regularity) and other.present in (None, self.present)

    @property
    def hold_for_all(self) -> bool:
        return Conditions().imply(self)
