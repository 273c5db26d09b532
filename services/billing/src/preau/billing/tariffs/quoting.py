"""An act's price as agents try it."""

from preau.billing.tariffs.definition import TariffDefinition
from preau.billing.tariffs.domain import Price, components_of, price
from preau.billing.tariffs.facts import PriceFacts
from preau.billing.tariffs.schemas import ComponentOut, QuotedFacts, QuotedPrice, SupplementOut

NO_TARIFF = QuotedPrice(
    quantity=0,
    unit_cents=None,
    amount_cents=None,
    total_cents=None,
    steps=["Aucun tarif ne compte ce jour-là."],
    row=None,
    row_label="",
    supplements=[],
    components=[],
    quotient_is_missing=False,
)
"""What is answered for a day on which no tariff counts."""


def quoted(definition: TariffDefinition, facts: QuotedFacts) -> QuotedPrice:
    """The price of an act by a tariff, with every step in words."""
    made = price(definition, _facts(facts))
    supplements = [SupplementOut.model_validate(each, from_attributes=True) for each in made.supplements]
    return QuotedPrice(
        quantity=made.quantity,
        unit_cents=made.unit_cents,
        amount_cents=made.amount_cents,
        total_cents=made.amount_cents + sum(each.amount_cents for each in supplements),
        steps=[*made.quantity_steps, *made.steps],
        row=made.row,
        row_label=definition.rows[made.row].label,
        supplements=supplements,
        components=_components(definition, made),
        quotient_is_missing=made.quotient_is_missing,
    )


def _facts(facts: QuotedFacts) -> PriceFacts:
    values = facts.model_dump(exclude={"date", "also_booked", "children"})
    return PriceFacts(
        **values,
        also_booked=frozenset(facts.also_booked),
        children=max(facts.rank, facts.children or 1),
    )


def _components(definition: TariffDefinition, made: Price) -> list[ComponentOut]:
    labels = {component.code: component.label for component in definition.components}
    parts = components_of(definition, made.amount_cents)
    return [ComponentOut(code=code, label=labels[code], amount_cents=cents) for code, cents in parts.items()]
