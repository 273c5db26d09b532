"""Sample families: what a tariff asks of each, before it counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import Field

from preau.gateway.api.models.billing import QuotedPrice, TariffDefinitionOutput
from preau.gateway.pages.agents.context import AgentContext
from preau.gateway.pages.agents.tariffs.codes import OwnCodes
from preau.gateway.pages.agents.tariffs.conditions import Booked, Regularity
from preau.gateway.pages.agents.tariffs.typed import (
    Categories,
    Residencies,
    Typed,
    codes_typed,
    number_stated,
    number_typed,
    time_typed,
)
from preau.gateway.pages.agents.workbench.confirming import NOTHING
from preau.gateway.pages.form_fields import PerhapsNumber, PerhapsTime, PerhapsWhole
from preau.gateway.pages.form_models import FormModel
from preau.gateway.pages.forms import Change
from preau.wording.amounts import euros, number
from preau.wording.dates import time_of_day
from preau.wording.kinds import LEVEL, RESIDENCY
from preau.wording.typography import counted

BOOKED: Mapping[str, str] = {"planned": "", "late": "réservation tardive", "unbooked": "sans réservation"}


class SampleFields(FormModel):
    """A family and an act to try the tariff on; what is left empty is as it is for most."""

    quotient: Annotated[PerhapsNumber, Field(title="Quotient")] = None
    residency: Annotated[Residencies, Field(title="Résidence")] = ("resident",)
    category: Annotated[Categories, Field(title="Catégorie")] = ()
    rank: Annotated[PerhapsWhole, Field(title="Rang")] = None
    children: Annotated[PerhapsWhole, Field(title="Nombre d’enfants")] = None
    variant: Annotated[str, Field(title="Variante")] = ""
    regularity: Annotated[Regularity, Field(title="Régularité")] = "regular"
    booked: Annotated[Booked, Field(title="Réservation")] = "planned"
    present: Annotated[Literal["", "yes", "no"], Field(title="Présence")] = ""
    arrived: Annotated[PerhapsTime, Field(title="Arrivée")] = None
    left: Annotated[PerhapsTime, Field(title="Départ")] = None

    def typed(self) -> Typed:
        return {
            "quotient": number_typed(self.quotient),
            "residency": codes_typed(RESIDENCY, [*self.residency]),
            "category": codes_typed(LEVEL, [*self.category]),
            "rank": str(self.rank or ""),
            "children": str(self.children or ""),
            "variant": self.variant,
            "regularity": self.regularity,
            "booked": self.booked,
            "present": self.present,
            "arrived": time_typed(self.arrived),
            "left": time_typed(self.left),
        }

    def facts(self, codes: OwnCodes) -> dict[str, Any]:
        """The act as billing prices it."""
        stated = {
            "quotient": number_stated(self.quotient),
            "residency": codes.residencies.code_of(self.residency[0]) if self.residency else None,
            "category": codes.categories.code_of(self.category[0]) if self.category else None,
            "rank": self.rank,
            "children": self.children,
            "variant": self.variant,
            "regularity": self.regularity,
            "booked": self.booked,
            "present": {"": None, "yes": True, "no": False}[self.present],
            "arrived": self.arrived,
            "left": self.left,
        }
        return {name: value for name, value in stated.items() if value is not None}

    @property
    def name(self) -> str:
        """What the family is called: "QF 612, 2e enfant, hors commune"."""
        told = [f"QF {number(self.quotient)}" if self.quotient is not None else "Sans quotient"]
        told += [f"{self.rank}e enfant"] if self.rank and self.rank > 1 else []
        told += [counted(self.children, "enfant", "enfants")] if self.children else []
        told += [RESIDENCY.get(each, each) for each in self.residency[:1] if each != "resident"]
        told += [LEVEL.get(each, each) for each in self.category[:1]]
        told += [self.variant] if self.variant else []
        told += ["occasionnel"] if self.regularity == "occasional" else []
        told += [BOOKED[self.booked]] if BOOKED[self.booked] else []
        told += {"": [], "yes": ["présent"], "no": ["absent"]}[self.present]
        told += [f"arrivée à {time_of_day(self.arrived)}"] if self.arrived else []
        told += [f"départ à {time_of_day(self.left)}"] if self.left else []
        return ", ".join(told)


def _sample(**facts: object) -> SampleFields:
    return SampleFields.model_validate(facts)


SAMPLES = (
    *(_sample(quotient=quotient) for quotient in ("300", "612", "850", "1200")),
    _sample(),
    _sample(quotient="612", rank="2"),
    _sample(quotient="612", residency=("non_resident",)),
)
"""The families that a tariff is shown for to begin with."""


class SamplePrice(NamedTuple):
    """What a tariff asks of a sample family."""

    family: str
    price: QuotedPrice


async def prices_of(
    agent: AgentContext,
    definition: TariffDefinitionOutput,
    samples: Sequence[SampleFields],
    codes: OwnCodes,
) -> list[SamplePrice]:
    """The prices of the families by a definition of billing's. May raise UpstreamProblem."""
    body = {
        "definition": definition.model_dump(mode="json", by_alias=True),
        "facts": [sample.facts(codes) for sample in samples],
    }
    quoted = (await agent.billing.quote_tariff(body)).items
    return [SamplePrice(sample.name, price) for sample, price in zip(samples, quoted, strict=True)]


async def compared(
    agent: AgentContext,
    before: TariffDefinitionOutput | None,
    after: TariffDefinitionOutput,
    samples: Sequence[SampleFields],
    codes: OwnCodes,
) -> list[Change]:
    """What the families pay before and after."""
    new = await prices_of(agent, after, samples, codes)
    old = [None] * len(new) if before is None else [*await prices_of(agent, before, samples, codes)]
    return [
        Change(now.family, _total(was.price) if was else NOTHING, _total(now.price))
        for was, now in zip(old, new, strict=True)
    ]


def _total(price: QuotedPrice) -> str:
    return NOTHING if price.total_cents is None else euros(price.total_cents)
