"""What billing answers. Written by `make docs` from gateway/openapi/billing.json."""

from __future__ import annotations

from datetime import date as date_aliased
from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field


class AgentInvoiceOut(BaseModel):
    """
    An invoice as agents see it; the draft of a run has neither number nor dates.
    """

    invoice_id: str
    regie_id: str
    regie_label: str
    kind: Literal['month_end', 'complement', 'prepaid', 'credit_note']
    period: str
    status: Literal['draft', 'issued', 'partly_paid', 'paid', 'cancelled']
    total_cents: int
    paid_cents: int
    due_cents: int
    days_to_due: int | None
    order_id: str | None
    cancels_invoice_id: str | None
    number: str | None
    issued_on: date_aliased | None
    due_date: date_aliased | None
    family_id: str
    family_label: str
    run_id: str | None


class AnomalyOut(BaseModel):
    family_id: str
    family_label: str
    kind: Literal['unknown_family', 'unknown_child', 'no_tariff', 'missing_quotient', 'in_favour', 'nothing_due']
    message: str


class Bracket(BaseModel):
    """
    The price of the quotients from ``lower`` (included) to ``upper`` (excluded; ``None``: no end).
    """

    from_: int = Field(..., alias='from')
    to: int | None = None
    label: str
    amount_cents: int


class CancellationOut(BaseModel):
    """
    The invoice, now void, and the credit note that made it so.
    """

    invoice: AgentInvoiceOut
    credit_note: AgentInvoiceOut


class ChangeOut(BaseModel):
    """
    One change of a record: ``action`` is what happened, by a code of the service's.
    """

    agent_id: str
    action: str
    recorded_at: datetime


class ChangesOut(BaseModel):
    """
    The latest changes of a record, the last one first.
    """

    items: list[ChangeOut]


class CreditOut(BaseModel):
    """
    Money owed to a family; ``open`` until an agent has given it back or set it off.

    ``left_cents`` is what is still owed of it: a refund may have given back a part.
    """

    credit_id: str
    family_id: str
    family_label: str
    regie_id: str
    invoice_id: str
    invoice_number: str
    payment_id: str | None
    amount_cents: int
    left_cents: int
    reason: str
    message: str
    status: Literal['open', 'handled']
    created_at: datetime
    handled_at: datetime | None
    note: str


class DraftOut(BaseModel):
    """
    An invoice of a run, which has no number as long as the run is a preview.
    """

    invoice_id: str
    number: str | None
    family_id: str
    family_label: str
    status: Literal['draft', 'issued', 'partly_paid', 'paid', 'cancelled']
    total_cents: int


class InvoiceOut(BaseModel):
    """
    An issued invoice.
    """

    invoice_id: str
    regie_id: str
    regie_label: str
    kind: Literal['month_end', 'complement', 'prepaid', 'credit_note']
    period: str
    status: Literal['draft', 'issued', 'partly_paid', 'paid', 'cancelled']
    total_cents: int
    paid_cents: int
    due_cents: int
    days_to_due: int | None
    order_id: str | None
    cancels_invoice_id: str | None
    number: str
    issued_on: date_aliased
    due_date: date_aliased


class LineOut(BaseModel):
    """
    ``quantity`` units at ``unit_cents`` (rounded for display); ``amount_cents`` is what counts.
    """

    line_id: str
    child_name: str
    activity_label: str
    label: str
    quantity: int
    unit_cents: int
    amount_cents: int
    explanation: str
    dates: list[date_aliased]


class MultiplierOutput(BaseModel):
    """
    Families from elsewhere pay the price so many times.
    """

    kind: Literal['multiplier']
    factor: str


class OwnGrid(BaseModel):
    """
    Families from elsewhere have their own brackets.
    """

    kind: Literal['grid']
    brackets: list[Bracket]


class OwnPrice(BaseModel):
    """
    Families from elsewhere pay a fixed price: neither the quotient nor the sibling's rank changes it.
    """

    kind: Literal['price']
    amount_cents: int


class PageAgentInvoiceOut(BaseModel):
    items: list[AgentInvoiceOut]
    next_cursor: str | None = None


class PageCreditOut(BaseModel):
    items: list[CreditOut]
    next_cursor: str | None = None


class PageDraftOut(BaseModel):
    items: list[DraftOut]
    next_cursor: str | None = None


class PageInvoiceOut(BaseModel):
    items: list[InvoiceOut]
    next_cursor: str | None = None


class PreviewLine(BaseModel):
    quotient: int | None
    resident: bool
    sibling_rank: int
    units: int
    unit_cents: int
    amount_cents: int
    explanation: str


class PreviewOut(BaseModel):
    items: list[PreviewLine]


class QuoteLineOut(BaseModel):
    """
    ``amount_cents`` is null when the commune has stated no tariff for that day.
    """

    child_id: str
    activity_id: str
    date: date_aliased
    payment_mode: str | None
    amount_cents: int | None
    explanation: str


class QuoteOfRegie(BaseModel):
    regie_id: str
    regie_label: str
    prepaid_cents: int
    month_end_cents: int
    total_cents: int


class QuoteOut(BaseModel):
    """
    Totals in cents; ``prepaid_cents`` is to be paid at once, the rest comes with the month's invoice.
    """

    total_cents: int
    prepaid_cents: int
    lines: list[QuoteLineOut]
    by_regie: list[QuoteOfRegie]


class RegieOut(BaseModel):
    regie_id: str
    code: str
    label: str
    due_days: int
    series_prefix: str
    version: int


class RunDetail(BaseModel):
    run_id: str
    regie_id: str
    period: str
    kind: Literal['month_end', 'complement']
    sequence: int
    status: Literal['computing', 'computed', 'issued', 'discarded']
    chunks_total: int
    chunks_done: int
    families: int
    total_cents: int
    previous_total_cents: int
    created_at: datetime
    computed_at: datetime | None
    issued_at: datetime | None
    anomalies: list[AnomalyOut]


class RunOut(BaseModel):
    """
    ``families`` and ``total_cents`` grow while the run computes; computed, it is a preview.
    """

    run_id: str
    regie_id: str
    period: str
    kind: Literal['month_end', 'complement']
    sequence: int
    status: Literal['computing', 'computed', 'issued', 'discarded']
    chunks_total: int
    chunks_done: int
    families: int
    total_cents: int
    previous_total_cents: int
    created_at: datetime
    computed_at: datetime | None
    issued_at: datetime | None


class SiblingRuleOutput(BaseModel):
    """
    From the child of this rank on (1 is the eldest), the price changes by ``percent``.
    """

    rank: int
    percent: str


class Supplement(BaseModel):
    """
    Families from elsewhere pay so much more a unit.
    """

    kind: Literal['supplement']
    amount_cents: int


class AgentInvoiceDetail(BaseModel):
    invoice_id: str
    regie_id: str
    regie_label: str
    kind: Literal['month_end', 'complement', 'prepaid', 'credit_note']
    period: str
    status: Literal['draft', 'issued', 'partly_paid', 'paid', 'cancelled']
    total_cents: int
    paid_cents: int
    due_cents: int
    days_to_due: int | None
    order_id: str | None
    cancels_invoice_id: str | None
    number: str | None
    issued_on: date_aliased | None
    due_date: date_aliased | None
    family_id: str
    family_label: str
    run_id: str | None
    lines: list[LineOut]


class BracketTariffOutput(BaseModel):
    """
    A price by bracket of the quotient. ``missing_quotient`` is ``highest`` or a bracket's label.
    """

    non_resident: Supplement | MultiplierOutput | OwnPrice | OwnGrid | None = None
    siblings: list[SiblingRuleOutput] = Field([], validate_default=True)
    kind: Literal['brackets']
    base: Literal['quotient'] = 'quotient'
    brackets: list[Bracket]
    missing_quotient: str = 'highest'


class EffortRateTariffOutput(BaseModel):
    """
    ``rate`` × quotient in euros, between a floor and a ceiling (taux d'effort).
    """

    non_resident: Supplement | MultiplierOutput | OwnPrice | OwnGrid | None = None
    siblings: list[SiblingRuleOutput] = Field([], validate_default=True)
    kind: Literal['effort_rate']
    rate: str
    floor_cents: int
    ceiling_cents: int
    missing_quotient: Literal['ceiling', 'floor'] = 'ceiling'


class FlatTariffOutput(BaseModel):
    """
    The same price for all.
    """

    non_resident: Supplement | MultiplierOutput | OwnPrice | OwnGrid | None = None
    siblings: list[SiblingRuleOutput] = Field([], validate_default=True)
    kind: Literal['flat']
    amount_cents: int


class InvoiceDetail(BaseModel):
    invoice_id: str
    regie_id: str
    regie_label: str
    kind: Literal['month_end', 'complement', 'prepaid', 'credit_note']
    period: str
    status: Literal['draft', 'issued', 'partly_paid', 'paid', 'cancelled']
    total_cents: int
    paid_cents: int
    due_cents: int
    days_to_due: int | None
    order_id: str | None
    cancels_invoice_id: str | None
    number: str
    issued_on: date_aliased
    due_date: date_aliased
    lines: list[LineOut]


class PageRegieOut(BaseModel):
    items: list[RegieOut]
    next_cursor: str | None = None


class PageRunOut(BaseModel):
    items: list[RunOut]
    next_cursor: str | None = None


class TariffOut(BaseModel):
    """
    ``version`` counts what was stated for the same activity and day.
    """

    tariff_id: str
    activity_id: str
    effective_from: date_aliased
    definition: BracketTariffOutput | FlatTariffOutput | EffortRateTariffOutput = Field(
        ..., discriminator='kind'
    )
    created_at: datetime
    version: int


class PageTariffOut(BaseModel):
    items: list[TariffOut]
    next_cursor: str | None = None
